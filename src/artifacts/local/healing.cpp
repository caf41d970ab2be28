#include "healing.hpp"

#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

#include "in_quotes.hpp"
#include "source_file.hpp"
#include "temporary_file.hpp"

namespace mlops::artifacts {

namespace fs = std::filesystem;

namespace {

bool put_copy(ArtifactStore& other, const Digest& digest, const Healing& healing) {
  make_directories(healing.temporaries);
  const TemporaryFile copy{healing.temporaries, healing.temporary_prefix, 0600};
  other.copy_to(digest, copy.fd(), copy.path(), {});
  return healing.put(digest, copy.path());
}

void heal_from_registry(const fs::path& registry, const Healing& healing, std::set<Digest>& wanted) {
  // It is not ours to write to.
  const auto other = open_local_store(registry, {.notes_damage = false});
  const std::set<Digest> all = wanted;
  for (const Digest& digest : all) {
    if (!other->has(digest) || other->verify(digest, healing.progress) != Intactness::intact) continue;
    if (!healing.put || put_copy(*other, digest, healing)) wanted.erase(digest);
  }
}

// Every file with the size and the digest of what is missing.
void heal_from_files(const fs::path& from, const Healing& healing, std::set<Digest>& wanted) {
  std::set<std::uint64_t> sizes;
  bool any_size = false;
  for (const Digest& digest : wanted) {
    const auto size = healing.needed.at(digest);
    if (size) sizes.insert(*size);
    any_size = any_size || !size;
  }
  const auto is_own_registry = [](std::string_view folder) {
    return folder == ".mlops" || folder.ends_with("/.mlops") || folder == ".git" || folder.ends_with("/.git");
  };
  for (const ListedFile& file : list_files(from, is_own_registry)) {
    if (wanted.empty()) return;
    if (!any_size && !sizes.contains(file.state.size)) continue;
    const SourceFile source{file.absolute};
    const Digest digest = hash_source(source, healing.progress);
    if (!wanted.contains(digest)) continue;
    if (!healing.put || healing.put(digest, file.absolute)) wanted.erase(digest);
  }
}

}  // namespace

void heal(const fs::path& from, const Healing& healing, std::set<Digest>& wanted) {
  if (wanted.empty()) return;
  std::error_code ignored;
  if (!fs::exists(from, ignored)) throw Error{ErrorKind::not_found, in_quotes(from) + " does not exist"};
  const auto registry = fs::is_directory(from / ".mlops" / "objects", ignored) ? from / ".mlops" : from;
  if (fs::is_directory(registry / "objects", ignored)) heal_from_registry(registry, healing, wanted);
  if (!wanted.empty()) heal_from_files(from, healing, wanted);
}

}  // namespace mlops::artifacts
