#include <catch2/catch.hpp>

#include <filesystem>

#include <mlops/runners/log_lines.hpp>
#include <mlops/support/files.hpp>

#include "gpu.hpp"
#include "local/log_writer.hpp"

using namespace mlops;
using namespace mlops::runners;
using Catch::Matchers::Contains;

namespace {

struct LogFile {
  TemporaryDirectory folder{std::filesystem::temp_directory_path(), "mlops-log-test-"};
  [[nodiscard]] std::filesystem::path path() const { return folder.path() / "log"; }
  [[nodiscard]] std::string text() const { return read_file(path(), 1u << 30); }
};

// The marks and texts of a log, without the times.
std::string without_times(std::string_view log) {
  std::string text;
  for_each_log_line(log, [&](const LogLine& line) {
    text += line.origin == LogLine::Origin::out ? "out" : line.origin == LogLine::Origin::err ? "err" : "remark";
    text += line.complete ? ": " : "+ ";
    text += line.text;
    text += '|';
  });
  return text;
}

}  // namespace

TEST_CASE("each line of a log has its stream, also when it came in pieces") {
  const LogFile file;
  LogWriter log{file.path(), Redaction{{}}, {}};
  log.append("one\nt", false);
  log.append("warning\n", true);
  log.append("wo\n\nno end", false);
  log.close();
  CHECK(without_times(file.text()) == "out: one|err: warning|out: two|out: |out+ no end|");
  CHECK(plain_log(file.text()) == "one\nwarning\ntwo\n\nno end");
}

TEST_CASE("a line without end is not kept in memory") {
  const LogFile file;
  LogWriter log{file.path(), Redaction{{}}, {}};
  const std::string progress(10'000, '.');
  log.append(progress, false);
  CHECK(plain_log(file.text()) == progress);
  log.append("\n", false);
  log.close();
  CHECK(plain_log(file.text()) == progress + "\n");
}

TEST_CASE("of a flood the beginning and the end are kept, and how much is not is told") {
  const LogFile file;
  LogWriter log{file.path(), Redaction{{}}, {}};
  log.append("the first line\n", false);
  const std::string line(1000, 'x');
  std::string piece;
  for (int i = 0; i < 1000; ++i) piece += line + '\n';
  for (int i = 0; i < 150; ++i) log.append(piece, false);  // 150 MB
  log.append("the last line\n", true);
  log.close();
  const std::string text = file.text();
  CHECK(text.size() < (66u << 20));
  CHECK(text.size() > (40u << 20));
  CHECK(plain_log(text).starts_with("the first line\n"));
  CHECK(plain_log(text).ends_with("the last line\n"));
  CHECK_THAT(plain_log(text), Contains("are left out here]"));
  CHECK(std::distance(std::filesystem::directory_iterator{file.folder.path()}, {}) == 1);
}

TEST_CASE("secrets stand neither in the log nor before the person") {
  const LogFile file;
  std::string seen;
  LogWriter log{file.path(), Redaction{{{"TOKEN", "hunter22"}, {"SHORT", "x"}, {"LONGER", "hunter22-and-more"}}},
                [&](std::string_view bytes, bool) { seen += bytes; }};
  log.append("using hunt", false);
  log.append("er22 and hunter22-and-more, x\n", false);
  log.append("at the end hunter22", true);
  log.close();
  CHECK(seen == "using [TOKEN] and [LONGER], x\nat the end [TOKEN]");
  CHECK(plain_log(file.text()) == seen);
}

TEST_CASE("a damaged log is still shown") {
  CHECK(plain_log("12 o fine\nnonsense\n-3 q what\n7 e half") == "fine\n[mlops: nonsense]\n[mlops: -3 q what]\n");
}

TEST_CASE("the answer of nvidia-smi is read") {
  // As `nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader` prints it for two cards.
  const Json gpus =
      parse_gpus("NVIDIA A100-SXM4-40GB, 40960 MiB, 535.104.05\nNVIDIA A100-SXM4-40GB, 40960 MiB, 535.104.05\n");
  REQUIRE(gpus.is_array());
  REQUIRE(gpus.as_array().size() == 2);
  CHECK(gpus.as_array()[0] ==
        Json::object({{"name", "NVIDIA A100-SXM4-40GB"}, {"memory", "40960 MiB"}, {"driver", "535.104.05"}}));
  CHECK(parse_gpus("No devices were found\n").is_null());
  CHECK(parse_gpus("").is_null());
}
