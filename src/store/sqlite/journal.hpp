// Which journal keeps a write safe on this machine.
#pragma once

#include <string>

#include "db.hpp"

namespace mlops::store::sqlite {

enum class Journal { rollback, wal };

// WAL lets readers and a writer work at the same time, but a bug in SQLite up to 3.51.2 can lose committed pages when
// two connections reset the log at once; it is fixed in 3.44.6, 3.50.7 and 3.51.3. WAL also needs shared memory, which
// network file systems lack.
bool wal_is_safe(int library_version);
Journal suitable_journal(const std::string& path);
std::string name_of(Journal journal);

Journal journal_of(Database& database);
// Makes the connection ready to write: the suitable journal, and a commit that has reached the disk when it returns.
void make_durable(Database& database, Journal journal);

}  // namespace mlops::store::sqlite
