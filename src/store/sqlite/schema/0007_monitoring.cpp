#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// Batches of production inputs, counted into the reference of their version; predictions and outcomes by id are objects
// of the artifact store.
const Migration monitoring = {"0007 monitoring", R"sql(

CREATE TABLE monitor_reference(
  version_id INTEGER PRIMARY KEY REFERENCES version,
  source TEXT NOT NULL,
  data BLOB NOT NULL,
  row_count INTEGER NOT NULL,
  column_count INTEGER NOT NULL,
  frozen BLOB NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER monitor_reference_stays BEFORE UPDATE ON monitor_reference BEGIN SELECT raise(ABORT, 'references never change'); END;
CREATE TRIGGER monitor_reference_remains BEFORE DELETE ON monitor_reference BEGIN SELECT raise(ABORT, 'references are never deleted'); END;

CREATE TABLE monitor_holdout(
  version_id INTEGER PRIMARY KEY REFERENCES version,
  source TEXT NOT NULL,
  content BLOB NOT NULL,
  predictions BLOB NOT NULL,
  row_count INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER monitor_holdout_stays BEFORE UPDATE ON monitor_holdout BEGIN SELECT raise(ABORT, 'holdouts never change'); END;
CREATE TRIGGER monitor_holdout_remains BEFORE DELETE ON monitor_holdout BEGIN SELECT raise(ABORT, 'holdouts are never deleted'); END;

CREATE TABLE batch(
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version,
  source TEXT NOT NULL,
  content BLOB NOT NULL,
  row_count INTEGER NOT NULL,
  data_at INTEGER NOT NULL,
  predictions_content BLOB,
  predictions BLOB,
  prediction_count INTEGER,
  known_count INTEGER,
  figures TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  UNIQUE (version_id, content)
) STRICT;
CREATE INDEX batch_by_time ON batch(version_id, data_at, id);
CREATE TRIGGER batch_stays BEFORE UPDATE OF id, version_id, source, content, row_count, data_at, at, actor ON batch
  BEGIN SELECT raise(ABORT, 'batches never change'); END;
CREATE TRIGGER batch_remains BEFORE DELETE ON batch BEGIN SELECT raise(ABORT, 'batches are never deleted'); END;

-- Apart from the batches, so that lists of these stay small.
CREATE TABLE batch_counts(
  batch INTEGER PRIMARY KEY REFERENCES batch,
  digest BLOB NOT NULL,
  counts BLOB NOT NULL
) STRICT;
CREATE TRIGGER batch_counts_stay BEFORE UPDATE ON batch_counts BEGIN SELECT raise(ABORT, 'counts never change'); END;
CREATE TRIGGER batch_counts_remain BEFORE DELETE ON batch_counts BEGIN SELECT raise(ABORT, 'counts are never deleted'); END;

CREATE TABLE outcomes(
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version,
  source TEXT NOT NULL,
  content BLOB NOT NULL,
  object BLOB NOT NULL,
  row_count INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  UNIQUE (version_id, content)
) STRICT;
CREATE TRIGGER outcomes_stay BEFORE UPDATE ON outcomes BEGIN SELECT raise(ABORT, 'outcomes never change'); END;
CREATE TRIGGER outcomes_remain BEFORE DELETE ON outcomes BEGIN SELECT raise(ABORT, 'outcomes are never deleted'); END;

)sql"};

}  // namespace mlops::store::sqlite
