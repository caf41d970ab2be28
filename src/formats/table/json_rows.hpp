// Rows of JSON Lines: an object on each.
#pragma once

#include <memory>
#include <string>

#include "table/table_rows.hpp"

namespace mlops::formats {

// Columns are the keys, in the order in which they turn up. A text is a text, whatever it looks like; an object or
// array within is the text of its JSON.
std::unique_ptr<RowParser> make_json_parser(std::string name);

}  // namespace mlops::formats
