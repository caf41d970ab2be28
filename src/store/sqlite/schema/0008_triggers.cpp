#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// That triggers were due, and what was done. A model has at most one firing that is not over.
const Migration triggers = {"0008 triggers", R"sql(
CREATE TABLE firing(
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES model,
  version_id INTEGER NOT NULL REFERENCES version,
  findings TEXT NOT NULL,
  last_batch INTEGER NOT NULL,
  data TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  owner TEXT NOT NULL,
  taken_up INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  run INTEGER REFERENCES run,
  made_id INTEGER REFERENCES version,
  reason TEXT NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX firing_by_model ON firing(model_id, id);
CREATE UNIQUE INDEX firing_running ON firing(model_id) WHERE outcome = 'running';
CREATE TRIGGER firing_remains BEFORE DELETE ON firing BEGIN SELECT raise(ABORT, 'firings are never deleted'); END;
)sql"};

}  // namespace mlops::store::sqlite
