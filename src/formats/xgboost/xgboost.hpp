// XGBoost models: JSON and UBJSON, which have the same members, and the binary format that came before them.
// Source: "Introduction to Model IO" and doc/model.schema of dmlc/xgboost.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_xgboost_json(const Head& head);
bool is_xgboost_ubjson(const Head& head);
bool is_xgboost_binary(const Head& head);

void inspect_xgboost_json(const ByteSource& source, domain::Inspection& inspection);
void inspect_xgboost_ubjson(const ByteSource& source, domain::Inspection& inspection);
void inspect_xgboost_binary(const ByteSource& source, domain::Inspection& inspection);

// Such a model is data: a broken one is all there is to report.
void scan_xgboost_json(const ByteSource& source, Scanning& scanning);
void scan_xgboost_ubjson(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
