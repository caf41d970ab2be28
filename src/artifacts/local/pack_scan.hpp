// All of a pack, read from start to end and checked.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mlops/artifacts/artifacts.hpp>

#include "pack_file.hpp"

namespace mlops::artifacts {

struct PackDamage {
  std::string what;             // "the chunk at byte 4711 is damaged"
  std::vector<Record> records;  // that can't be had from this pack
};

// An intact record, as the pack holds it from after its header.
using TakeRecord = std::function<void(const Record& record, std::span<const std::byte> stored)>;

// Checks header, records, table and trailer against each other and against the digests. With a damaged table the
// records are found by their headers. Every intact record is handed to `take`.
std::vector<PackDamage> scan_pack(const PackFile& pack, const Digest& name, const TakeRecord& take,
                                  const Progress& progress);

}  // namespace mlops::artifacts
