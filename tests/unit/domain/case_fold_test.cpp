#include "case_fold.hpp"

#include <catch2/catch.hpp>

using mlops::domain::fold_case;

// Expected values from Python's str.lower(), which agrees with case folding on these letters.
TEST_CASE("upper-case letters fold to their lower-case ones, all else stays") {
  CHECK(fold_case("Model-1.BIN") == "model-1.bin");
  CHECK(fold_case("ÀÖØÞß÷×") == "àöøþß÷×");
  CHECK(fold_case("ĀĶĹŇŊŶŸŹŽ") == "āķĺňŋŷÿźž");
  CHECK(fold_case("ΑΡΣΩ") == "αρσω");
  CHECK(fold_case("ЀЏАЯ") == "ѐџая");
  CHECK(fold_case("模型🚀") == "模型🚀");
  CHECK(fold_case("") == "");
}
