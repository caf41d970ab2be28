#include "remote_url.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

namespace mlops::git {

std::string without_credentials(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return std::string{url};  // a path, or host:path, where a password can't be written

  const std::string_view scheme = url.substr(0, scheme_end);
  const std::string_view rest = url.substr(scheme_end + 3);
  const bool is_ssh = lower_ascii(scheme).find("ssh") != std::string::npos;
  const auto at = rest.substr(0, rest.find('/')).rfind('@');
  const std::string_view place = at == std::string_view::npos ? rest : rest.substr(at + 1);
  if (!is_ssh) return fmt::format("{}://{}", scheme, place.substr(0, place.find_first_of("?#")));

  const std::string_view user = at == std::string_view::npos ? "" : rest.substr(0, std::min(at, rest.find(':')));
  return user.empty() ? fmt::format("{}://{}", scheme, place) : fmt::format("{}://{}@{}", scheme, user, place);
}

}  // namespace mlops::git
