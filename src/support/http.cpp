#include <mlops/support/http.hpp>

#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <mlops/support/address.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>
#include <mlops/support/time.hpp>

namespace mlops {

namespace {

constexpr const char* library_name = "libcurl.so.4";
constexpr std::size_t most_of_headers = 65536;

// The functions of libcurl that are used, as the header declares them.
struct Libcurl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

Error no_library(std::string_view reason) {
  return {ErrorKind::unavailable,
          fmt::format("nothing can be sent over HTTP: {} (Debian has it in `libcurl4`)", reason)};
}

template <typename Function>
void look_up(void* library, const char* name, Function& function) {
  void* const symbol = dlsym(library, name);
  if (symbol == nullptr) throw no_library(fmt::format("`{}` has no function `{}`", library_name, name));
  function = reinterpret_cast<Function>(symbol);
}

Libcurl load_libcurl() {
  void* const library = dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) throw no_library(fmt::format("`{}` is not installed", library_name));
  Libcurl curl{};
  look_up(library, "curl_global_init", curl.global_init);
  look_up(library, "curl_easy_init", curl.easy_init);
  look_up(library, "curl_easy_cleanup", curl.easy_cleanup);
  look_up(library, "curl_easy_setopt", curl.easy_setopt);
  look_up(library, "curl_easy_perform", curl.easy_perform);
  look_up(library, "curl_easy_getinfo", curl.easy_getinfo);
  look_up(library, "curl_easy_strerror", curl.easy_strerror);
  look_up(library, "curl_slist_append", curl.slist_append);
  look_up(library, "curl_slist_free_all", curl.slist_free_all);
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw no_library("libcurl can't be initialised");
  return curl;
}

// Loaded and initialised once, by whichever thread comes first.
const Libcurl& libcurl() {
  static const Libcurl curl = load_libcurl();
  return curl;
}

// What the callbacks of one transfer see and leave behind.
struct Transfer {
  const HttpRequest* request = nullptr;
  HttpAnswer answer = {};
  std::size_t header_bytes = 0;
  bool is_enough = false;  // as much of the answer was read as is wanted
  std::optional<std::string_view> refused_address = {};
};

template <std::size_t size>
std::array<std::uint8_t, size> bytes_at(const void* from) {
  std::array<std::uint8_t, size> bytes;
  std::memcpy(bytes.data(), from, size);
  return bytes;
}

std::optional<std::string_view> why_not_public(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.addr, sizeof v4);
    return mlops::why_not_public(bytes_at<4>(&v4.sin_addr));
  }
  if (address.family == AF_INET6 && address.addrlen >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.addr, sizeof v6);
    return mlops::why_not_public(bytes_at<16>(&v6.sin6_addr));
  }
  return "no address of the internet";
}

// Every connection begins here, with the address it is going to have.
curl_socket_t open_socket(void* context, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (!transfer.request->allow_private) {
    if (const auto why = why_not_public(*address)) {
      transfer.refused_address = *why;
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* bytes, std::size_t /*one*/, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t room = transfer.request->most_of_answer - transfer.answer.body.size();
  transfer.answer.body.append(bytes, std::min(room, count));
  transfer.is_enough = count > room;
  return transfer.is_enough ? 0 : count;
}

std::size_t take_header(char* /*bytes*/, std::size_t /*one*/, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.header_bytes += count;
  return transfer.header_bytes > most_of_headers ? 0 : count;
}

class Call {
 public:
  explicit Call(const HttpRequest& request) : request_{request}, easy_{libcurl().easy_init(), libcurl().easy_cleanup} {
    if (!easy_) throw Error{ErrorKind::unavailable, "nothing can be sent over HTTP: out of memory"};
    transfer_.request = &request;
  }

  HttpAnswer send() {
    set_limits();
    set_content();
    const CURLcode code = libcurl().easy_perform(easy_.get());
    long status = 0;
    libcurl().easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK && !transfer_.is_enough) throw failure(code);
    const char* location = nullptr;
    libcurl().easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &location);
    transfer_.answer.status = static_cast<int>(status);
    if (location != nullptr) transfer_.answer.location = location;
    return std::move(transfer_.answer);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (libcurl().easy_setopt(easy_.get(), option, value) == CURLE_OK) return;
    throw Error{ErrorKind::unavailable, fmt::format("nothing can be sent over HTTP: libcurl is too old or made without "
                                                    "what is needed (option {})",
                                                    static_cast<int>(option))};
  }

  void set_limits() {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, request_.allow_private ? "http,https" : "https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");  // which would connect to addresses that nobody here judges
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer_));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer_));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer_));
    // A name server that doesn't answer is not waited for. Unknown before libcurl 7.87, which then waits.
    libcurl().easy_setopt(easy_.get(), CURLOPT_QUICK_EXIT, 1L);
  }

  void set_content() {
    for (const auto& [name, value] : request_.headers) add_header(fmt::format("{}: {}", name, value));
    add_header("Expect:");
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
  }

  void add_header(const std::string& line) {
    curl_slist* const longer = libcurl().slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw Error{ErrorKind::unavailable, "nothing can be sent over HTTP: out of memory"};
    if (!headers_) headers_.reset(longer);  // otherwise it begins as it did
  }

  [[nodiscard]] std::string host() const {
    const std::size_t begin = request_.url.find("://");
    if (begin == std::string::npos) return "the server";
    const std::string_view rest = std::string_view{request_.url}.substr(begin + 3);
    return printable(rest.substr(0, rest.find_first_of("/?#")));
  }

  [[nodiscard]] Error failure(CURLcode code) const {
    if (transfer_.refused_address) {
      return {ErrorKind::refused, fmt::format("{} is at {}", host(), *transfer_.refused_address)};
    }
    if (transfer_.header_bytes > most_of_headers) {
      return {ErrorKind::unavailable, fmt::format("{} answers with endless headers", host())};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
      return {ErrorKind::unavailable, fmt::format("no answer from {} within {}", host(), patience())};
    }
    const ErrorKind kind =
        code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ? ErrorKind::usage : ErrorKind::unavailable;
    return {kind, fmt::format("{}: {}", host(), libcurl().easy_strerror(code))};
  }

  // How long it was waited for: less while there was no connection.
  [[nodiscard]] std::string patience() const {
    double connected = 0;
    libcurl().easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME, &connected);
    return duration_text((connected > 0 ? request_.timeout : request_.connect_timeout).count());
  }

  const HttpRequest& request_;
  std::unique_ptr<CURL, decltype(Libcurl::easy_cleanup)> easy_;
  std::unique_ptr<curl_slist, decltype(Libcurl::slist_free_all)> headers_{nullptr, libcurl().slist_free_all};
  Transfer transfer_;
};

}  // namespace

HttpAnswer http_post(const HttpRequest& request) { return Call{request}.send(); }

}  // namespace mlops
