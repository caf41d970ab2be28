#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// What hooks are to be told, and what became of that. Each event goes to each hook once.
const Migration hooks = {"0009 hooks", R"sql(
CREATE TABLE hook_delivery(
  id INTEGER PRIMARY KEY,
  hook TEXT NOT NULL,
  sequence INTEGER NOT NULL REFERENCES event(sequence),
  event TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
  attempts INTEGER NOT NULL,
  answer INTEGER,
  error TEXT NOT NULL,
  since INTEGER NOT NULL,
  next_try INTEGER,
  tried_at INTEGER,
  claimed_by TEXT NOT NULL,
  UNIQUE (hook, sequence)
) STRICT;
CREATE INDEX hook_delivery_pending ON hook_delivery(id) WHERE state = 'pending';
CREATE INDEX hook_delivery_given_up ON hook_delivery(id) WHERE state = 'given_up';
)sql"};

}  // namespace mlops::store::sqlite
