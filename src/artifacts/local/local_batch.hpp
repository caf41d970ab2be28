// What one command stores, in packs that it fills together.
#pragma once

#include <mlops/artifacts/artifacts.hpp>

#include "chunk_writer.hpp"
#include "layout.hpp"
#include "lease.hpp"
#include "pack_index.hpp"
#include "pack_reader.hpp"
#include "whole_objects.hpp"

namespace mlops::artifacts {

class LocalBatch final : public PutBatch {
 public:
  LocalBatch(const LocalLayout& layout, PackIndex& index, PackReader& packs, WholeObjects& whole, const Lease& lease,
             const LocalOptions& local, const PutOptions& options)
      : index_{index},
        packs_{packs},
        whole_{whole},
        lease_{lease},
        options_{options},
        read_back_{local.read_back},
        writer_{layout, index, {local.compression, local.read_back, options.compare ? &packs : nullptr}, lease} {}

  std::vector<StoredObject> put_files(std::span<const std::filesystem::path> sources,
                                      const Progress& progress) override;
  StoredObject put_bytes(std::string_view bytes) override;
  bool holds(const Digest& digest) override;
  void finish() override;

 private:
  // Nothing of it has to be put again.
  [[nodiscard]] bool is_kept_in_packs(const Digest& digest);
  [[nodiscard]] bool is_kept_whole(const Digest& digest) const;

  PackIndex& index_;
  PackReader& packs_;
  WholeObjects& whole_;
  const Lease& lease_;
  const PutOptions options_;
  const bool read_back_;
  ChunkWriter writer_;
};

}  // namespace mlops::artifacts
