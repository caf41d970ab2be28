#include "lineage_walk.hpp"

namespace mlops::store::sqlite {

// Each term goes from a node of the walk to its neighbours, up (u: what it was made from) or down (d: what was made
// from it). A walk keeps its direction, since turning round would soon reach the whole registry. Ids are rows, except
// of commits; a stage is its latest change. Nodes with very many neighbours give the newest few. Of batches only those
// that are evidence of a firing are met: going down, a version gives each with its firing, two steps at once.
const std::string_view lineage_walk_sql = R"sql(
WITH RECURSIVE evidence(firing, batch) AS NOT MATERIALIZED (
  SELECT f.id, b.value FROM firing f, json_each(f.findings) t, json_each(t.value, '$.batches') b
),
walk(way, kind, id, depth, via_kind, via_id, relation) AS (
  SELECT way, ?1, ?2, 0, NULL, NULL, NULL FROM (SELECT 'u' AS way UNION ALL SELECT 'd') WHERE instr(?3, way) > 0
  UNION
  SELECT 'u', 'version', v.parent_id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.parent_id NOT NULL
  UNION
  SELECT 'u', 'run', v.run, w.depth + 1, w.kind, w.id, 'trained by'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.run NOT NULL
  UNION
  SELECT 'u', 'dataset', x.dataset_id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN version_data x ON x.version_id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'u', 'commit', v.git_commit, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN version v ON v.id = w.id WHERE w.way = 'u' AND w.kind = 'version' AND w.depth <= ?4 AND v.git_commit NOT NULL
  UNION
  SELECT 'u', 'version', r.parent_id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.parent_id NOT NULL
  UNION
  SELECT 'u', 'dataset', x.dataset_id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN run_input x ON x.run = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'u', 'commit', r.git_commit, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.git_commit NOT NULL
  UNION
  SELECT 'u', 'run', r.search, w.depth + 1, w.kind, w.id, 'search'
    FROM walk w CROSS JOIN run r ON r.number = w.id WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4 AND r.search NOT NULL
  UNION
  SELECT 'u', 'firing', f.id, w.depth + 1, w.kind, w.id, 'cause'
    FROM walk w CROSS JOIN run r ON r.number = w.id CROSS JOIN firing f ON f.id = json_extract(r.execution, '$.request.cause.firing')
    WHERE w.way = 'u' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'u', 'batch', b.id, w.depth + 1, w.kind, w.id, 'evidence'
    FROM walk w CROSS JOIN evidence e ON e.firing = w.id CROSS JOIN batch b ON b.id = e.batch WHERE w.way = 'u' AND w.kind = 'firing' AND w.depth <= ?4
  UNION
  SELECT 'u', 'version', b.version_id, w.depth + 1, w.kind, w.id, 'recorded for'
    FROM walk w CROSS JOIN batch b ON b.id = w.id WHERE w.way = 'u' AND w.kind = 'batch' AND w.depth <= ?4
  UNION
  SELECT 'u', 'version', f.version_id, w.depth + 1, w.kind, w.id, 'watched'
    FROM walk w CROSS JOIN firing f ON f.id = w.id
    WHERE w.way = 'u' AND w.kind = 'firing' AND w.depth <= ?4 AND NOT EXISTS (SELECT 1 FROM evidence WHERE firing = f.id)
  UNION
  SELECT 'u', 'version', h.version_id, w.depth + 1, w.kind, w.id, 'holds'
    FROM walk w CROSS JOIN stage_holder h ON h.change_id = w.id WHERE w.way = 'u' AND w.kind = 'stage' AND w.depth <= ?4 AND h.version_id NOT NULL
  UNION
  SELECT 'd', 'stage', h.change_id, w.depth + 1, w.kind, w.id, 'holds'
    FROM walk w CROSS JOIN stage_holder h ON h.version_id = w.id WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE parent_id = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'parent'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE parent_id = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'search'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE search = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'd', 'batch', b.id, w.depth + 1, w.kind, w.id, 'recorded for'
    FROM walk w CROSS JOIN evidence e ON e.firing IN (SELECT id FROM firing WHERE version_id = w.id ORDER BY id DESC LIMIT ?5)
      CROSS JOIN batch b ON b.id = e.batch AND b.version_id = w.id
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'firing', e.firing, w.depth + 2, 'batch', b.id, 'evidence'
    FROM walk w CROSS JOIN evidence e ON e.firing IN (SELECT id FROM firing WHERE version_id = w.id ORDER BY id DESC LIMIT ?5)
      CROSS JOIN batch b ON b.id = e.batch AND b.version_id = w.id
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4
  UNION
  SELECT 'd', 'firing', f.id, w.depth + 1, w.kind, w.id, 'watched'
    FROM walk w CROSS JOIN firing f ON f.id IN (SELECT id FROM firing WHERE version_id = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'version' AND w.depth <= ?4 AND NOT EXISTS (SELECT 1 FROM evidence WHERE firing = f.id)
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'cause'
    FROM walk w CROSS JOIN firing f ON f.id = w.id CROSS JOIN run r ON r.number = coalesce(f.run,
      (SELECT max(number) FROM run WHERE f.outcome = 'running' AND parent_id = f.version_id
        AND json_extract(execution, '$.request.cause.firing') = f.id))
    WHERE w.way = 'd' AND w.kind = 'firing' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'trained by'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE run = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'run' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN version v
      ON v.id IN (SELECT version_id FROM version_data WHERE dataset_id = w.id ORDER BY version_id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'dataset' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'input'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT run FROM run_input WHERE dataset_id = w.id ORDER BY run DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'dataset' AND w.depth <= ?4
  UNION
  SELECT 'd', 'version', v.id, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN version v ON v.id IN (SELECT id FROM version WHERE git_commit = w.id ORDER BY id DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'commit' AND w.depth <= ?4
  UNION
  SELECT 'd', 'run', r.number, w.depth + 1, w.kind, w.id, 'code'
    FROM walk w CROSS JOIN run r ON r.number IN (SELECT number FROM run WHERE git_commit = w.id ORDER BY number DESC LIMIT ?5)
    WHERE w.way = 'd' AND w.kind = 'commit' AND w.depth <= ?4
  ORDER BY 4
  LIMIT ?6
)
SELECT way, kind, id, depth, via_kind, via_id, relation FROM walk
)sql";

}  // namespace mlops::store::sqlite
