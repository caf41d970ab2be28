// LightGBM's text format. Source: GBDT::SaveModelToString and Tree::ToString of microsoft/LightGBM.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_lightgbm(const Head& head);
void inspect_lightgbm(const ByteSource& source, domain::Inspection& inspection);
// Such a model is data: a broken one is all there is to report.
void scan_lightgbm(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
