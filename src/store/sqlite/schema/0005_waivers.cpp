#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// That a version may pass a gate without one of its checks, on whose word and until when.
const Migration waivers = {"0005 waivers", R"sql(

CREATE TABLE waiver(
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version,
  stage TEXT NOT NULL,
  check_name TEXT NOT NULL,
  condition TEXT NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE INDEX waiver_by_version ON waiver(version_id);
CREATE TRIGGER waiver_stays BEFORE UPDATE ON waiver BEGIN SELECT raise(ABORT, 'waivers never change'); END;
CREATE TRIGGER waiver_remains BEFORE DELETE ON waiver BEGIN SELECT raise(ABORT, 'waivers are never deleted'); END;

CREATE TABLE waiver_withdrawal(
  waiver INTEGER PRIMARY KEY REFERENCES waiver,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER withdrawal_stays BEFORE UPDATE ON waiver_withdrawal BEGIN SELECT raise(ABORT, 'withdrawals never change'); END;
CREATE TRIGGER withdrawal_remains BEFORE DELETE ON waiver_withdrawal BEGIN SELECT raise(ABORT, 'withdrawals are never deleted'); END;

)sql"};

}  // namespace mlops::store::sqlite
