#include "table_cache.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include <mlops/support/byte_source.hpp>
#include <mlops/support/files.hpp>

#include "profile_cache.hpp"

using namespace mlops;
namespace fs = std::filesystem;

namespace {

const std::string table =
    "id,when,name,share,flag,none\n"
    "1,2026-11-01,Ada,0.25,true,\n"
    "2,2026-11-02T10:00:00Z,\"Grace, \"\"H\"\"\",inf,false,\n"
    "3,2026-11-03,Zo\xC3\xAB,-1e300,true,NA\n";

struct Kept {
  TemporaryDirectory scratch{fs::temp_directory_path(), "mlops-tables-"};
  formats::TableOptions options{.name = "t.csv"};
  Digest digest = sha256(table);
  fs::path file = app::place_of_profile(scratch.path(), digest, options, 10);

  [[nodiscard]] app::DataProfile ask(std::string_view bytes = table) const {
    return app::kept_or_profiled(file, MemorySource{bytes}, options, 10);
  }
};

std::string all_of(const app::DataProfile& profile) { return to_text(app::profile_to_json(profile)); }

}  // namespace

TEST_CASE("a profile is kept with all that it says, and the table is not read again") {
  const Kept kept;
  const app::DataProfile made = kept.ask();
  REQUIRE(fs::is_regular_file(kept.file));
  const app::DataProfile again = kept.ask("another,table\n");
  CHECK(all_of(again) == all_of(made));
  CHECK(again.facts.columns == made.facts.columns);
  CHECK(to_text(app::to_json({.source = "t", .dataset = {}, .profile = again}, 10)) ==
        to_text(app::to_json({.source = "t", .dataset = {}, .profile = made}, 10)));
  const app::DataProfile full = app::profile_table(MemorySource{table}, kept.options, 10);
  CHECK(all_of(full) == all_of(made));
}

TEST_CASE("all that a table is read by has a profile of its own") {
  const Kept kept;
  const auto place = [&](const formats::TableOptions& options, std::size_t top) {
    return app::place_of_profile(kept.scratch.path(), kept.digest, options, top);
  };
  CHECK(place({.name = "other/u.csv"}, 10) == kept.file);
  CHECK(place({.name = "t.tsv"}, 10) != kept.file);
  CHECK(place({.name = "t.csv", .format = formats::TableFormat::csv}, 10) != kept.file);
  CHECK(place({.name = "t.csv", .format = {}, .delimiter = ';'}, 10) != kept.file);
  CHECK(place({.name = "t.csv"}, 11) != kept.file);
  CHECK(app::place_of_profile(kept.scratch.path(), sha256("x"), {.name = "t.csv"}, 10) != kept.file);
}

TEST_CASE("a kept profile that is damaged, of another table or of another version is made again") {
  const Kept kept;
  const std::string made = all_of(kept.ask());
  const std::string whole = read_file(kept.file);
  const auto is_made_again = [&](const std::string& bytes) {
    write_file_atomic(kept.file, bytes);
    CHECK_FALSE(app::kept_profile(kept.file));
    CHECK(all_of(kept.ask()) == made);
    CHECK(read_file(kept.file) == whole);
  };
  for (std::size_t cut = 0; cut < whole.size() - 1; cut += 101) is_made_again(whole.substr(0, cut));
  // Digits that rot may change, also where the text stays JSON.
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    if (whole[at] < '0' || whole[at] > '9') continue;
    std::string rotten = whole;
    rotten[at] = whole[at] == '9' ? '8' : static_cast<char>(whole[at] + 1);
    write_file_atomic(kept.file, rotten);
    const auto found = app::kept_profile(kept.file);
    CHECK((!found || all_of(*found) == made));
  }
  is_made_again("{\"version\":1,\"found\":{}}");

  const fs::path elsewhere = app::place_of_profile(kept.scratch.path(), sha256("x"), kept.options, 10);
  write_file_atomic(elsewhere, whole);
  CHECK_FALSE(app::kept_profile(elsewhere));

  // Whole, but not what a profile is.
  app::keep_found(kept.file, app::kept_profiles, Json::object({{"rows", 1}}));
  CHECK(app::find_kept(kept.file, app::kept_profiles));
  CHECK_FALSE(app::kept_profile(kept.file));
  app::keep_found(kept.file, {.folder = "profiles", .version = 1000}, app::profile_to_json(kept.ask()));
  CHECK_FALSE(app::kept_profile(kept.file));
}

TEST_CASE("where nothing can be kept, the profile is told all the same") {
  Kept kept;
  write_file_atomic(kept.scratch.path() / "cache", "a file, not a folder");
  CHECK(kept.ask().facts.rows == 3);
  CHECK_FALSE(fs::exists(kept.file));
}
