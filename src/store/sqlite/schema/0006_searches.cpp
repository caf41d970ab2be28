#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// Searches over params: trials know their search. Metrics and params of runs become rows, to be sorted and filtered by.
const Migration searches = {"0006 searches", R"sql(
ALTER TABLE run ADD COLUMN series BLOB;
ALTER TABLE run ADD COLUMN search INTEGER REFERENCES run;
ALTER TABLE run ADD COLUMN trial INTEGER;
ALTER TABLE run ADD COLUMN search_plan TEXT;
CREATE INDEX run_by_search ON run(search) WHERE search IS NOT NULL;
CREATE INDEX run_by_status ON run(status, number);

CREATE TABLE run_metric(
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_metric_by_value ON run_metric(name, value, run);
INSERT INTO run_metric SELECT r.number, m.key, m.value FROM run r, json_each(r.metrics) m;

-- A number or a text, NULL for null; lists, true and false as their JSON.
CREATE TABLE run_param(
  run INTEGER NOT NULL REFERENCES run,
  name TEXT NOT NULL,
  value ANY,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_param_by_value ON run_param(name, value, run);
INSERT INTO run_param SELECT r.number, p.key,
  CASE p.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE p.value END FROM run r, json_each(r.params) p;
)sql"};

}  // namespace mlops::store::sqlite
