// The rows `python` and `notebook` of the table of formats. A loader of models runs neither by itself; what makes it
// run one is found in the settings that name it (folder_scan.hpp).
#pragma once

#include "format_table.hpp"

namespace mlops::formats::code {

// A shebang with Python, or text whose lines are Python's and of which some import or define something.
bool is_python(const Head& head);
void inspect_python(const ByteSource& source, domain::Inspection& inspection);

// A JSON object with the keys of a notebook.
bool is_notebook(const Head& head);
void inspect_notebook(const ByteSource& source, domain::Inspection& inspection);

}  // namespace mlops::formats::code
