#include "journal.hpp"

#include <algorithm>
#include <array>

#include <sys/vfs.h>

namespace mlops::store::sqlite {

namespace {

// From statfs(2) and linux/magic.h.
constexpr std::array<unsigned long, 16> shared_file_systems{
    0x6969,      // NFS
    0x517b,      // SMB
    0xff534d42,  // CIFS
    0xfe534d42,  // SMB2
    0x65735546,  // FUSE: sshfs, s3fs and their like
    0x01021997,  // 9p: also folders that a virtual machine shares with its host
    0x00c36400,  // Ceph
    0x0bd00bd0,  // Lustre
    0x47504653,  // GPFS
    0x01161970,  // GFS2
    0x7461636f,  // OCFS2
    0x5346414f,  // AFS
    0x73757245,  // Coda
    0x19830326,  // BeeGFS
    0xaad7aaea,  // PanFS
    0x786f4256,  // VirtualBox shared folders
};

bool is_local(const std::string& path) {
  struct statfs info{};
  if (statfs(path.c_str(), &info) != 0) return false;
  const auto type = static_cast<unsigned long>(info.f_type) & 0xffffffffUL;
  return std::find(shared_file_systems.begin(), shared_file_systems.end(), type) == shared_file_systems.end();
}

}  // namespace

bool wal_is_safe(int library_version) {
  const int series = library_version / 1000;  // 3040001 is 3.40.1
  if (series == 3044) return library_version >= 3044006;
  if (series == 3050) return library_version >= 3050007;
  return library_version >= 3051003;
}

Journal suitable_journal(const std::string& path) {
  return wal_is_safe(library_version()) && is_local(path) ? Journal::wal : Journal::rollback;
}

std::string name_of(Journal journal) { return journal == Journal::wal ? "write-ahead log" : "rollback journal"; }

Journal journal_of(Database& database) {
  Statement mode = database.prepare("PRAGMA journal_mode");
  return mode.step() && mode.take<std::string>() == "wal" ? Journal::wal : Journal::rollback;
}

void make_durable(Database& database, Journal journal) {
  if (journal_of(database) != journal) {
    database.run(journal == Journal::wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE");
  }
  // EXTRA also makes the removal of the journal durable, which is the commit in that mode.
  database.run(journal == Journal::wal ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = EXTRA");
}

}  // namespace mlops::store::sqlite
