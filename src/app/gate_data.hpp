// The data that a gate's conditions speak of: what was recorded with the version, other datasets, files of the commit.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <mlops/checks/checks.hpp>
#include <mlops/domain/data_condition.hpp>
#include <mlops/formats/table.hpp>
#include <mlops/support/byte_source.hpp>

#include "check_ground.hpp"

namespace mlops::app {

struct GateTable {
  std::string name;                   // as the condition calls it
  std::optional<std::string> source;  // "churn.train@2"; nullopt for a file
  Digest digest;                      // of its bytes
  std::optional<Timestamp> added_at;  // of a dataset
  formats::TableOptions options;
  std::unique_ptr<ByteSource> bytes;
};

class GateData {
 public:
  using FindHolder = std::function<std::optional<checks::StageHolder>(const std::string& stage)>;

  // `holdout` is the file that the model's predictions are made for. All references must outlive it.
  GateData(Workspace& workspace, CheckGround& ground, const domain::Version& version,
           std::optional<std::string> holdout, FindHolder find_holder)
      : workspace_{workspace},
        ground_{ground},
        version_{version},
        holdout_{std::move(holdout)},
        find_holder_{std::move(find_holder)} {}

  // Whether anybody holds the stage that the name speaks of.
  [[nodiscard]] bool is_held(const domain::DataName& name) { return find_holder_(name.stage).has_value(); }
  // Error{not_found} with the near miss or, when the bytes are not to be had any more, with what would bring them back.
  [[nodiscard]] GateTable open(const domain::DataName& name);

 private:
  [[nodiscard]] GateTable open_role(const domain::DataName& name);
  [[nodiscard]] domain::Dataset find_dataset(const std::string& reference);
  [[nodiscard]] GateTable open_held(const domain::DataName& name);
  [[nodiscard]] GateTable open_use(const domain::DataName& name, const domain::DataUse& use);
  [[nodiscard]] GateTable open_file(const domain::DataName& name, const std::string& path);
  [[nodiscard]] GateTable open_dataset(const domain::DataName& name, const domain::Dataset& dataset);
  [[nodiscard]] std::unique_ptr<ByteSource> bytes_of(const domain::Dataset& dataset, const domain::FileEntry& file);
  [[nodiscard]] Digest digest_of(const std::filesystem::path& path);

  Workspace& workspace_;
  CheckGround& ground_;
  const domain::Version& version_;
  std::optional<std::string> holdout_;
  FindHolder find_holder_;
};

}  // namespace mlops::app
