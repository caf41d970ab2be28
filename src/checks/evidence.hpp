// Small helpers that every check writes its evidence with.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/checks/checks.hpp>

namespace mlops::checks {

domain::Evidence make_evidence(std::string check, std::string wanted);
domain::Evidence passed(domain::Evidence evidence, std::string found, std::string reason = "");
domain::Evidence failed(domain::Evidence evidence, std::string found, std::string reason);
domain::Evidence errored(domain::Evidence evidence, std::string reason);

// The evidence of a condition from that of its comparisons, each with its own figures; of a single one, that.
domain::Evidence join_parts(domain::Evidence evidence, const domain::Junction& whole,
                            std::vector<domain::Evidence> parts);

// "1 file", "2 files"
std::string count_text(std::size_t count, std::string_view singular);

// "no metric `auc`; did you mean `roc_auc`?": `owner` stands before it, as in "production's churn@1 has ".
std::string no_such_key(std::string_view owner, std::string_view kind, std::string_view key,
                        std::span<const std::string> known);

}  // namespace mlops::checks
