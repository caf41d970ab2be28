#include <mlops/artifacts/maintenance.hpp>

#include <mlops/support/files.hpp>

#include "store_parts.hpp"

namespace mlops::artifacts {

namespace {

class LocalMaintenance final : public Maintenance {
 public:
  LocalMaintenance(std::filesystem::path root, LocalOptions options)
      : root_{std::move(root)}, options_{std::move(options)} {}

  VerifyReport verify(std::span<const NeededObject> needed, const VerifyOptions& options,
                      const Progress& progress) override {
    return verify_store(root_, needed, options, progress);
  }
  std::uint64_t bytes_to_verify(const VerifyOptions& options) override {
    const LocalLayout layout{root_};
    const auto stored = bytes_below(layout.packs()) + bytes_below(layout.shards());
    return static_cast<std::uint64_t>(static_cast<double>(stored) * options.sample);
  }
  CollectReport collect(const CollectOptions& options, const Progress& progress) override {
    return collect_garbage(root_, options_, options, progress);
  }
  RepairReport repair(std::span<const NeededObject> needed, const RepairOptions& options,
                      const Progress& progress) override {
    return repair_store(root_, options_, needed, options, progress);
  }
  StoreUsage usage(std::span<const ObjectGroup> groups) override { return measure_usage(root_, options_, groups); }

 private:
  std::filesystem::path root_;
  LocalOptions options_;
};

}  // namespace

std::unique_ptr<Maintenance> open_local_maintenance(const std::filesystem::path& root, const LocalOptions& options) {
  return std::make_unique<LocalMaintenance>(root, options);
}

}  // namespace mlops::artifacts
