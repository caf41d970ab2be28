#include "sqlite/schema/steps.hpp"

namespace mlops::store::sqlite {

// What registration found inside the files of a version.
const Migration inspections = {"0003 inspections", R"sql(
-- What a version's files were found to be; all NULL for versions registered before files were looked into.
ALTER TABLE version ADD COLUMN format TEXT;
ALTER TABLE version ADD COLUMN architecture TEXT;
ALTER TABLE version ADD COLUMN licence TEXT;
ALTER TABLE version ADD COLUMN quantisation TEXT;
ALTER TABLE version ADD COLUMN parameters INTEGER;
ALTER TABLE version ADD COLUMN scan TEXT;
ALTER TABLE version ADD COLUMN code_warnings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE version ADD COLUMN inspection BLOB;
)sql"};

}  // namespace mlops::store::sqlite
