// CatBoost's own binary format (.cbm). Source: model.fbs and features.fbs of catboost/catboost.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_catboost(const Head& head);
// Its parameters and who wrote it; not its trees.
void inspect_catboost(const ByteSource& source, domain::Inspection& inspection);

}  // namespace mlops::formats
