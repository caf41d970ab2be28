// Files that go along with models and are none: texts, tables, pictures. Recognised, and named.
#pragma once

#include "format_table.hpp"

namespace mlops::formats {

bool is_png(const Head& head);
bool is_jpeg(const Head& head);
bool is_gif(const Head& head);
bool is_webp(const Head& head);
bool is_pdf(const Head& head);
bool is_parquet(const Head& head);
bool is_arrow(const Head& head);
bool is_sqlite(const Head& head);

// An object or array, as far as the first bytes tell.
bool is_json(const Head& head);
// UTF-8 without control characters, as far as the first bytes tell. Nothing at all is a text too.
bool is_text(const Head& head);

}  // namespace mlops::formats
