#include <catch2/catch.hpp>

#include <mlops/app/settings.hpp>
#include <mlops/support/error.hpp>
#include <mlops/support/files.hpp>

namespace mlops::app {
namespace {

class Folder {
 public:
  [[nodiscard]] std::filesystem::path file() const { return scratch_.path() / "config.toml"; }
  void holds(std::string_view text) const { write_file_atomic(file(), text); }
  [[nodiscard]] std::string text() const { return read_file(file()); }

 private:
  TemporaryDirectory scratch_{std::filesystem::temp_directory_path(), "mlops-settings-test-"};
};

std::string complaint(const Folder& folder) {
  Settings settings;
  try {
    read_settings_file(folder.file(), settings);
  } catch (const Error& error) {
    return error.message().substr(error.message().find("config.toml"));
  }
  return "none";
}

TEST_CASE("Every setting has a default, and says that it is one") {
  const Settings settings;
  CHECK(settings.get("color").value == "auto");
  CHECK(settings.get("color").origin == "default");
  CHECK(settings.all().size() == known_settings().size());
}

TEST_CASE("What is set later wins, and tells where it came from") {
  Settings settings;
  settings.set("color", "never", "the user's file");
  settings.set("color", "always", "flag --color");
  CHECK(settings.get("color").value == "always");
  CHECK(settings.get("color").origin == "flag --color");
}

TEST_CASE("A file's settings are read with dotted keys and with tables; a missing file has none") {
  const Folder folder;
  Settings settings;
  read_settings_file(folder.file(), settings);
  CHECK(settings.get("policy.ref").origin == "default");
  folder.holds(GENERATE("policy.ref = \"main\"\nbusy_timeout = 5\n", "busy_timeout = 5\n[policy]\nref = \"main\"\n"));
  read_settings_file(folder.file(), settings);
  CHECK(settings.get("policy.ref").value == "main");
  CHECK(settings.get("policy.ref").origin == folder.file().string());
  CHECK(settings.get("busy_timeout").value == "5");
}

TEST_CASE("An unknown setting in a file is refused with its line") {
  const Folder folder;
  folder.holds("color = \"never\"\n\ncolour = \"x\"\n");
  CHECK(complaint(folder) == "config.toml:3)");
}

TEST_CASE("Writing a setting leaves the other lines and the comments as they are") {
  const Folder folder;
  folder.holds("# How we work.\n\ncolor = \"always\"\n\n# Nobody promotes from a branch.\n[policy]\nref = \"main\"\n");
  write_setting(folder.file(), "busy_timeout", "9");
  write_setting(folder.file(), "color", "never");
  CHECK(folder.text() ==
        "# How we work.\n\ncolor = \"never\"\n\n# Nobody promotes from a branch.\nbusy_timeout = \"9\"\n"
        "[policy]\nref = \"main\"\n");
}

TEST_CASE("A setting that is taken out leaves the rest") {
  const Folder folder;
  folder.holds("# Mine.\ncolor = \"always\"\nprogress = \"never\"\n");
  write_setting(folder.file(), "color", std::nullopt);
  CHECK(folder.text() == "# Mine.\nprogress = \"never\"\n");
}

TEST_CASE("The first setting makes the file and its folder") {
  const Folder folder;
  const auto file = folder.file().parent_path() / "mlops" / "config.toml";
  write_setting(file, "registry", "/srv/\"models\"\\x");
  Settings settings;
  read_settings_file(file, settings);
  CHECK(settings.get("registry").value == "/srv/\"models\"\\x");
}

TEST_CASE("A file that can't be read is not written to") {
  const Folder folder;
  folder.holds("color = \n");
  CHECK_THROWS_AS(write_setting(folder.file(), "progress", "never"), Error);
  CHECK(folder.text() == "color = \n");
}

}  // namespace
}  // namespace mlops::app
