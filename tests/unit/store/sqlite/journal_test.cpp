#include <catch2/catch.hpp>

#include "sqlite/journal.hpp"

namespace mlops::store::sqlite {

// https://www.sqlite.org/wal.html, "The WAL-Reset Bug": fixed in 3.51.3, and in 3.44.6 and 3.50.7 for their series.
TEST_CASE("WAL is used only where its reset bug is fixed") {
  CHECK_FALSE(wal_is_safe(3040001));  // Debian 12
  CHECK_FALSE(wal_is_safe(3044005));
  CHECK(wal_is_safe(3044006));
  CHECK_FALSE(wal_is_safe(3045000));
  CHECK_FALSE(wal_is_safe(3046001));  // Debian 13
  CHECK_FALSE(wal_is_safe(3050006));
  CHECK(wal_is_safe(3050007));
  CHECK_FALSE(wal_is_safe(3051002));
  CHECK(wal_is_safe(3051003));
  CHECK(wal_is_safe(3052000));
}

}  // namespace mlops::store::sqlite
