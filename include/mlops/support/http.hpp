// One request to a server somewhere, and its answer. Nothing is followed, guessed or kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace mlops {

struct HttpRequest {
  std::string url;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{2};  // looking its name up included
  std::chrono::milliseconds timeout = std::chrono::seconds{5};          // of the whole request
  std::size_t most_of_answer = 4096;                                    // bytes that are kept; reading ends there
  // Whether the server may stand in a private network, on this machine or beside it, and speak without TLS.
  bool allow_private = false;
};

struct HttpAnswer {
  int status = 0;
  std::string body;      // at most `most_of_answer` of it
  std::string location;  // where a redirect leads, which is not followed; "" without one
};

// POST through libcurl, which is loaded when this is called first. The address that a name leads to is judged when it
// is connected to, so that no second answer of a name server comes between. No proxy is used. Errors name the host and
// never the rest of the URL, which may be a secret: Error{refused} for a private address, Error{usage} for a URL that
// is none, Error{unavailable} when no answer comes or libcurl is not installed.
HttpAnswer http_post(const HttpRequest& request);

}  // namespace mlops
