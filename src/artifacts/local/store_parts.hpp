// A local store as those see it who look after it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <mlops/artifacts/maintenance.hpp>

#include "layout.hpp"
#include "pack_index.hpp"
#include "pack_reader.hpp"
#include "whole_objects.hpp"

namespace mlops::artifacts {

struct StoreParts {
  explicit StoreParts(const std::filesystem::path& root, bool notes_damage = true)
      : layout{root}, index{layout}, reader{layout, index, notes_damage}, whole{layout} {}

  LocalLayout layout;
  PackIndex index;
  PackReader reader;
  WholeObjects whole;
};

// A record that an object is made of, wherever its copies are.
struct RecordKey {
  Digest digest;
  RecordKind kind = RecordKind::chunk;
  std::uint32_t size = 0;  // of the bytes once decoded; 0 for the recipe itself
};

// What an object consists of: a whole object, or records in packs.
struct Anatomy {
  std::uint64_t size = 0;  // of its bytes
  bool is_whole = false;
};
// Calls `visit` for each record of the object, its recipe and the levels of it included; the same may come twice.
// nullopt when the store does not know the object. Error{integrity} when a recipe is damaged or misses a part.
std::optional<Anatomy> for_each_record(StoreParts& store, const Digest& object,
                                       const std::function<void(const RecordKey&)>& visit);

// The four tasks of Maintenance.
VerifyReport verify_store(const std::filesystem::path& root, std::span<const NeededObject> needed,
                          const VerifyOptions& options, const Progress& progress);
CollectReport collect_garbage(const std::filesystem::path& root, const LocalOptions& local,
                              const CollectOptions& options, const Progress& progress);
RepairReport repair_store(const std::filesystem::path& root, const LocalOptions& local,
                          std::span<const NeededObject> needed, const RepairOptions& options, const Progress& progress);
StoreUsage measure_usage(const std::filesystem::path& root, const LocalOptions& local,
                         std::span<const ObjectGroup> groups);

}  // namespace mlops::artifacts
