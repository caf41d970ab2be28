#include "requirements.hpp"

#include <catch2/catch.hpp>

namespace mlops::formats {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("requirement lines leave comments, options and line breaks behind") {
  CHECK(requirement_lines("# all\n-r other.txt\n--index-url https://example.org\n\nnumpy==1.24.2  # pinned\n"
                          "torch==2.1.0 \\\n  --hash=sha256:00\npandas>=1.5\n") ==
        Lines{"numpy==1.24.2", "torch==2.1.0 --hash=sha256:00", "pandas>=1.5"});
}

TEST_CASE("only an exact version is one") {
  const auto text = [](std::string_view line) {
    const auto found = pinned(line);
    return found ? found->first + " " + found->second : "";
  };
  CHECK(text("numpy==1.24.2") == "numpy 1.24.2");
  CHECK(text("Scikit_Learn == 1.2.1") == "scikit-learn 1.2.1");
  CHECK(text("mlflow[extras,more]==3.1; python_version > '3'") == "mlflow 3.1");
  CHECK(text("python=3.11.2") == "python 3.11.2");
  CHECK(text("numpy=1.24=py311_0") == "numpy 1.24");
  CHECK(text("torch===2.1.0+cu118") == "torch 2.1.0+cu118");
  CHECK(text("pip<=23.0.1").empty());
  CHECK(text("pandas>=1.5").empty());
  CHECK(text("pandas~=1.5").empty());
  CHECK(text("pandas!=1.5").empty());
  CHECK(text("pandas==1.*").empty());
  CHECK(text("pandas").empty());
  CHECK(text("mlflow[").empty());
  CHECK(text("pkg @ git+https://example.org/x@v1").empty());
  CHECK(text("==1").empty());
  CHECK(text("").empty());
}

}  // namespace
}  // namespace mlops::formats
