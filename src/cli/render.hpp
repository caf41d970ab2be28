// Pieces of text and JSON that several commands show.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mlops/app/look.hpp>
#include <mlops/app/register.hpp>
#include <mlops/domain/event.hpp>
#include <mlops/domain/records.hpp>
#include <mlops/domain/verdict.hpp>
#include <mlops/store/store.hpp>

#include "session.hpp"
#include "table.hpp"

namespace mlops::cli {

// "accuracy 0.947, auc 0.98 and 3 more"
std::string metrics_text(const domain::Metrics& metrics, std::size_t most = 100);
std::string params_text(const domain::Params& params);
std::string param_text(const Json& value);
std::string tags_text(const domain::Tags& tags);
std::string data_text(const std::vector<domain::DataUse>& data);
// "1a2b3c4 on main (dirty)"
std::string git_text(const domain::GitState& git);
// "float32 [768, 3072]"
std::string tensor_text(const domain::Tensor& tensor);
// "onnx, sklearn.linear_model.LogisticRegression, 31 parameters"
std::string format_text(const domain::Inspected& inspected);
// 124000000 as "124 million"
std::string parameters_text(std::uint64_t parameters);
// "deleted 3 days ago by Ada: reason" without its first word.
std::string deletion_text(const Session& session, const domain::Deletion& deletion);
std::string count_text(std::size_t count, std::string_view noun);  // "3 files", "1 file"

Tone tone_of(domain::RunStatus status);
Tone tone_of(domain::CheckResult result);
Tone tone_of(domain::VerdictResult result);
Tone tone_of(const domain::Evidence& evidence);
Tone tone_of(domain::WaiverState state);
// With "state": whether it stands, is expired or withdrawn now.
Json waivers_json(const std::vector<domain::Waiver>& waivers, Timestamp now);
// "2026-12-31T23:59:59Z by Ada: known drift", and what became of it.
std::string waiver_text(const Session& session, const domain::Waiver& waiver);
// One row per check: result, wanted, found, and the reasons below.
std::string evidence_text(const Session& session, const std::vector<domain::Evidence>& evidence);
std::string evidence_text(const Style& style, std::size_t columns, const std::vector<domain::Evidence>& evidence);

// Arrays of records.
template <typename T>
Json json_array(const std::vector<T>& items) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(domain::to_json(item));
  return array;
}
Json json_texts(const std::vector<std::string>& texts);
Json to_json(const store::VersionSummary& summary);
Json to_json(const std::string& model, const std::vector<store::Holder>& holders);

// Arguments of several commands.
domain::Metrics parse_metric_arguments(const std::vector<std::string>& arguments);  // "auc=0.9"
domain::Params parse_param_arguments(
    const std::vector<std::string>& arguments);  // "lr=0.1": number, true/false or text
domain::Tags parse_tag_arguments(const std::vector<std::string>& arguments);
// "NAME=PATH" or a dataset's reference "NAME@N" / "ROLE=NAME@N" when no such path exists.
std::vector<app::DataArgument> parse_data_arguments(const std::vector<std::string>& arguments, const std::string& flag,
                                                    const std::filesystem::path& directory);
// "NAME=VALUE" split at the first '='; Error{usage} without one.
std::pair<std::string, std::string> split_pair(const std::string& argument, const std::string& flag,
                                               std::string_view form = "NAME=VALUE");
std::int64_t parse_run_number(const std::string& text);
std::size_t page_limit(const std::optional<std::int64_t>& limit, std::size_t otherwise);

}  // namespace mlops::cli
