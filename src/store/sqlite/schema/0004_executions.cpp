#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// How a run went: its attempts, what it used, where it stands. NULL for runs of before there was such a record.
const Migration executions = {"0004 executions", R"sql(
ALTER TABLE run ADD COLUMN execution TEXT;
)sql"};

}  // namespace mlops::store::sqlite
