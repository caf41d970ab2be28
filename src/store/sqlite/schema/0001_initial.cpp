#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// Conventions. Times are milliseconds since 1970 in UTC, digests blobs of 32 bytes, JSON text. Rows of versions are
// numbered by `id` in the order of registration, so that within one model `id` and `number` sort alike.
const Migration initial = {"0001 initial", R"sql(

CREATE TABLE model(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  version_count INTEGER NOT NULL DEFAULT 0,
  last_number INTEGER NOT NULL DEFAULT 0,
  last_version_at INTEGER
) STRICT;

CREATE TABLE dataset(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  file_count INTEGER NOT NULL,
  total_bytes INTEGER NOT NULL,
  row_count INTEGER,
  columns TEXT NOT NULL,
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  git_commit TEXT, git_branch TEXT, git_remote TEXT, git_path TEXT, git_dirty INTEGER, git_diff BLOB,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  UNIQUE (name, number)
) STRICT;
CREATE INDEX dataset_by_digest ON dataset(name, digest, number);

CREATE TABLE dataset_file(
  dataset_id INTEGER NOT NULL REFERENCES dataset,
  path TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  size INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  PRIMARY KEY (dataset_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE run(
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  model TEXT,
  parent_id INTEGER REFERENCES version,
  command TEXT NOT NULL,
  directory TEXT NOT NULL,
  status TEXT NOT NULL,
  exit_code INTEGER,
  failure TEXT NOT NULL,
  params TEXT NOT NULL,
  param_overrides TEXT NOT NULL,
  outputs TEXT NOT NULL,
  metrics TEXT NOT NULL,
  environment TEXT,
  git_commit TEXT, git_branch TEXT, git_remote TEXT, git_path TEXT, git_dirty INTEGER, git_diff BLOB,
  log BLOB,
  seed INTEGER,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  host TEXT NOT NULL,
  pid INTEGER,
  started_by TEXT NOT NULL
) STRICT;
CREATE INDEX run_by_model ON run(model) WHERE model IS NOT NULL;
CREATE INDEX run_by_parent ON run(parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX run_by_commit ON run(git_commit) WHERE git_commit IS NOT NULL;

CREATE TABLE run_input(
  run INTEGER NOT NULL REFERENCES run,
  role TEXT NOT NULL,
  dataset_id INTEGER NOT NULL REFERENCES dataset,
  digest BLOB NOT NULL,
  PRIMARY KEY (run, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_input_by_dataset ON run_input(dataset_id, run);

CREATE TABLE version(
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES model,
  number INTEGER NOT NULL CHECK (number > 0),
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  file_count INTEGER NOT NULL,
  total_bytes INTEGER NOT NULL,
  semver TEXT,
  semver_key TEXT,
  is_release INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL,
  parent_id INTEGER REFERENCES version,
  run INTEGER REFERENCES run,
  git_commit TEXT, git_branch TEXT, git_remote TEXT, git_path TEXT, git_dirty INTEGER, git_diff BLOB,
  signature TEXT,
  registered_at INTEGER NOT NULL,
  registered_by TEXT NOT NULL,
  UNIQUE (model_id, number)
) STRICT;
CREATE UNIQUE INDEX version_by_semver ON version(model_id, semver_key) WHERE semver_key IS NOT NULL;
CREATE INDEX version_by_release ON version(model_id, semver_key) WHERE is_release = 1;
CREATE INDEX version_by_digest ON version(model_id, digest, number);
CREATE INDEX version_by_time ON version(model_id, registered_at);
CREATE INDEX version_by_size ON version(model_id, total_bytes);
CREATE INDEX version_by_commit ON version(git_commit) WHERE git_commit IS NOT NULL;
CREATE INDEX version_by_run ON version(run) WHERE run IS NOT NULL;
CREATE INDEX version_by_parent ON version(parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE version_file(
  version_id INTEGER NOT NULL REFERENCES version,
  path TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  size INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  PRIMARY KEY (version_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric(
  version_id INTEGER NOT NULL REFERENCES version,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  model_id INTEGER NOT NULL,
  PRIMARY KEY (version_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_by_value ON metric(model_id, name, value, version_id);

-- `value` is what sorts and compares (a number or a text, NULL for null); `json` is what was given.
CREATE TABLE param(
  version_id INTEGER NOT NULL REFERENCES version,
  name TEXT NOT NULL,
  value ANY,
  json TEXT NOT NULL,
  model_id INTEGER NOT NULL,
  PRIMARY KEY (version_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX param_by_value ON param(model_id, name, value, version_id);

CREATE TABLE version_data(
  version_id INTEGER NOT NULL REFERENCES version,
  role TEXT NOT NULL,
  dataset_id INTEGER NOT NULL REFERENCES dataset,
  digest BLOB NOT NULL,
  PRIMARY KEY (version_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_data_by_dataset ON version_data(dataset_id, version_id);

CREATE TABLE tag(
  version_id INTEGER NOT NULL REFERENCES version,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (version_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_value ON tag(name, value, version_id);

CREATE TABLE deprecation(
  version_id INTEGER PRIMARY KEY REFERENCES version,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;

CREATE TABLE alias(
  model_id INTEGER NOT NULL REFERENCES model,
  name TEXT NOT NULL,
  version_id INTEGER NOT NULL REFERENCES version,
  PRIMARY KEY (model_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_by_version ON alias(version_id);

CREATE TABLE verdict(
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version,
  stage TEXT NOT NULL,
  result TEXT NOT NULL,
  evidence TEXT NOT NULL,
  policy_blob TEXT NOT NULL,
  policy_source TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_by_version ON verdict(version_id);

CREATE TABLE approval(
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES version,
  stage TEXT NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE INDEX approval_by_version ON approval(version_id);

CREATE TABLE stage_change(
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES model,
  stage TEXT NOT NULL,
  version_id INTEGER NOT NULL REFERENCES version,
  previous_id INTEGER REFERENCES version,
  kind TEXT NOT NULL,
  verdict INTEGER REFERENCES verdict,
  message TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL
) STRICT;
CREATE INDEX stage_change_by_stage ON stage_change(model_id, stage, id, at);
CREATE INDEX stage_change_by_model ON stage_change(model_id, id, at);
CREATE INDEX stage_change_by_version ON stage_change(version_id, stage);
CREATE INDEX stage_change_by_previous ON stage_change(previous_id);

-- The latest change of each stage, found without a search.
CREATE TABLE stage_holder(
  model_id INTEGER NOT NULL REFERENCES model,
  stage TEXT NOT NULL,
  version_id INTEGER NOT NULL REFERENCES version,
  change_id INTEGER NOT NULL UNIQUE REFERENCES stage_change,
  PRIMARY KEY (model_id, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX stage_holder_by_version ON stage_holder(version_id);

CREATE TABLE event(
  sequence INTEGER PRIMARY KEY,
  canonical TEXT NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  at INTEGER NOT NULL,
  model TEXT NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_model ON event(model);
CREATE INDEX event_by_kind ON event(kind);
CREATE INDEX event_by_time ON event(at);

CREATE TABLE log_head(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  size INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;
-- SHA-256 of nothing: the root of the empty tree.
INSERT INTO log_head VALUES (1, 0, x'', x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');

-- What was written once stays as it is.
CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN new.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
BEGIN SELECT raise(ABORT, 'an event must follow the last one'); END;
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events never change'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events are never deleted'); END;
CREATE TRIGGER version_stays BEFORE UPDATE ON version BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER version_remains BEFORE DELETE ON version BEGIN SELECT raise(ABORT, 'versions are never deleted'); END;
CREATE TRIGGER version_file_stays BEFORE UPDATE ON version_file BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER version_file_remains BEFORE DELETE ON version_file BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER metric_stays BEFORE UPDATE ON metric BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER metric_remains BEFORE DELETE ON metric BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER param_stays BEFORE UPDATE ON param BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER param_remains BEFORE DELETE ON param BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER version_data_stays BEFORE UPDATE ON version_data BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER version_data_remains BEFORE DELETE ON version_data BEGIN SELECT raise(ABORT, 'versions never change'); END;
CREATE TRIGGER dataset_stays BEFORE UPDATE ON dataset BEGIN SELECT raise(ABORT, 'datasets never change'); END;
CREATE TRIGGER dataset_remains BEFORE DELETE ON dataset BEGIN SELECT raise(ABORT, 'datasets are never deleted'); END;
CREATE TRIGGER dataset_file_stays BEFORE UPDATE ON dataset_file BEGIN SELECT raise(ABORT, 'datasets never change'); END;
CREATE TRIGGER dataset_file_remains BEFORE DELETE ON dataset_file BEGIN SELECT raise(ABORT, 'datasets never change'); END;
CREATE TRIGGER verdict_stays BEFORE UPDATE ON verdict BEGIN SELECT raise(ABORT, 'verdicts never change'); END;
CREATE TRIGGER verdict_remains BEFORE DELETE ON verdict BEGIN SELECT raise(ABORT, 'verdicts are never deleted'); END;
CREATE TRIGGER approval_stays BEFORE UPDATE ON approval BEGIN SELECT raise(ABORT, 'approvals never change'); END;
CREATE TRIGGER approval_remains BEFORE DELETE ON approval BEGIN SELECT raise(ABORT, 'approvals are never deleted'); END;
CREATE TRIGGER stage_change_stays BEFORE UPDATE ON stage_change BEGIN SELECT raise(ABORT, 'history never changes'); END;
CREATE TRIGGER stage_change_remains BEFORE DELETE ON stage_change BEGIN SELECT raise(ABORT, 'history is never deleted'); END;

)sql"};

}  // namespace mlops::store::sqlite
