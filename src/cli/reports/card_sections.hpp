// What an author wrote in `model_card.md`: headings with their text, and simple entries of its front matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlops::cli {

struct CardSection {
  int level = 2;        // 1 to 6, the number of '#'
  std::string heading;  // as it was written
  std::string body;     // without blank lines around it; "" also for the placeholder of a card
};

// One `key: value` or `key:` with a list of the YAML block between `---` lines.
struct CardEntry {
  std::string key;
  std::vector<std::string> values;
  bool is_list = false;
};

struct AuthoredCard {
  std::vector<CardEntry> entries;
  std::vector<std::string> unread;    // keys of the front matter that are of another shape
  std::string intro;                  // before the first heading
  std::vector<CardSection> sections;  // in their order
};

// Headings are lines that begin with '#', outside of fenced code.
AuthoredCard read_authored_card(std::string_view markdown);

// What headings are compared by: "Out-of-Scope Use [optional]" as "outofscopeuse".
std::string heading_key(std::string_view heading);

}  // namespace mlops::cli
