// The links of a group, in whichever of the three ways they are kept. Specification, III.A to III.C, IV.A.2.c and .g.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "object_header.hpp"

namespace mlops::formats::hdf5 {

enum class LinkKind : std::uint8_t { hard, soft, external, other };

struct Link {
  std::string name;
  LinkKind kind = LinkKind::hard;
  std::uint64_t address = undefined;  // of a hard link: the object's header
  std::string target;                 // of the others: "/a/b", "other.h5:/a/b"
  std::optional<std::uint64_t> order;
};

bool is_group(const ObjectHeader& header);

// In the order of their creation where the group keeps it, and by name otherwise.
std::vector<Link> read_links(const File& file, const ObjectHeader& header);

}  // namespace mlops::formats::hdf5
