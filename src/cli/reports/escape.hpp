// What others wrote, made harmless for the place where it will stand: names, reasons and output of commands are hostile
// until they passed through here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlops::cli {

// As printable(), with line ends and tabs kept: valid UTF-8 of which every character may stand in XML.
std::string plain_text(std::string_view text);

// At most `bytes` long, cut between characters, ending in "…" when something was cut.
std::string shortened(std::string_view text, std::size_t bytes);

// For XML and HTML alike; the second also for what stands between double quotes.
std::string xml_text(std::string_view text);
std::string xml_attribute(std::string_view text);

// Prose on one line of Markdown, also in a table: no markup, no mention of a person, no reference to an issue.
std::string markdown_prose(std::string_view text);
// The same as a code span; nothing for an empty text.
std::string markdown_code(std::string_view text);

// The parts of a workflow command of GitHub Actions, `::error title=PROPERTY::MESSAGE`.
std::string github_message(std::string_view text);
std::string github_property(std::string_view text);

// A string of YAML, without quotes where no reader could take it for anything else.
std::string yaml_string(std::string_view text);
// A number that YAML 1.1 and 1.2 both take for one: exponents need a fraction before them.
std::string yaml_number(double value);

}  // namespace mlops::cli
