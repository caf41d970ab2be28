#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// Files that stay where they are, and versions whose bytes may go. Of a model, `version_count` and `last_version_at`
// leave deleted versions out, and `last_number` counts them; a stage that was vacated has a change without a version.
const Migration references_and_deletions = {"0002 references and deletions", R"sql(

ALTER TABLE version_file ADD COLUMN uri TEXT NOT NULL DEFAULT '';
ALTER TABLE dataset_file ADD COLUMN uri TEXT NOT NULL DEFAULT '';
ALTER TABLE version ADD COLUMN reference_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE version ADD COLUMN reference_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE version ADD COLUMN reference_digest BLOB;
ALTER TABLE dataset ADD COLUMN reference_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN reference_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN reference_digest BLOB;

CREATE TABLE deletion(
  version_id INTEGER PRIMARY KEY REFERENCES version,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER deletion_stays BEFORE UPDATE ON deletion BEGIN SELECT raise(ABORT, 'deletions never change'); END;
CREATE TRIGGER deletion_remains BEFORE DELETE ON deletion BEGIN SELECT raise(ABORT, 'deletions are never undone'); END;

CREATE TABLE collection(
  id INTEGER PRIMARY KEY,
  objects INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  freed_bytes INTEGER NOT NULL,
  runs INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER collection_stays BEFORE UPDATE ON collection BEGIN SELECT raise(ABORT, 'collections never change'); END;
CREATE TRIGGER collection_remains BEFORE DELETE ON collection BEGIN SELECT raise(ABORT, 'collections are never deleted'); END;

CREATE TABLE run_release(
  run INTEGER PRIMARY KEY REFERENCES run,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE TRIGGER run_release_stays BEFORE UPDATE ON run_release BEGIN SELECT raise(ABORT, 'releases never change'); END;
CREATE TRIGGER run_release_remains BEFORE DELETE ON run_release BEGIN SELECT raise(ABORT, 'releases are never undone'); END;

ALTER TABLE model ADD COLUMN latest_number INTEGER NOT NULL DEFAULT 0;
UPDATE model SET latest_number = last_number;

DROP TABLE stage_holder;
CREATE TABLE new_stage_change(
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES model,
  stage TEXT NOT NULL,
  version_id INTEGER REFERENCES version,
  previous_id INTEGER REFERENCES version,
  kind TEXT NOT NULL,
  verdict INTEGER REFERENCES verdict,
  message TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
INSERT INTO new_stage_change SELECT id, model_id, stage, version_id, previous_id, kind, verdict, message, at, actor
FROM stage_change ORDER BY id;
DROP TABLE stage_change;
ALTER TABLE new_stage_change RENAME TO stage_change;
CREATE INDEX stage_change_by_stage ON stage_change(model_id, stage, id, at);
CREATE INDEX stage_change_by_model ON stage_change(model_id, id, at);
CREATE INDEX stage_change_by_version ON stage_change(version_id, stage);
CREATE INDEX stage_change_by_previous ON stage_change(previous_id);
CREATE TRIGGER stage_change_stays BEFORE UPDATE ON stage_change BEGIN SELECT raise(ABORT, 'history never changes'); END;
CREATE TRIGGER stage_change_remains BEFORE DELETE ON stage_change BEGIN SELECT raise(ABORT, 'history is never deleted'); END;

-- The latest change of each stage, found without a search; without a version when nobody holds it any more.
CREATE TABLE stage_holder(
  model_id INTEGER NOT NULL REFERENCES model,
  stage TEXT NOT NULL,
  version_id INTEGER REFERENCES version,
  change_id INTEGER NOT NULL UNIQUE REFERENCES stage_change,
  PRIMARY KEY (model_id, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX stage_holder_by_version ON stage_holder(version_id);
INSERT INTO stage_holder SELECT model_id, stage, version_id, id FROM stage_change
WHERE id IN (SELECT max(id) FROM stage_change GROUP BY model_id, stage);

)sql"};

}  // namespace mlops::store::sqlite
