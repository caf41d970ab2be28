#include <mlops/formats/code.hpp>

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <mlops/support/json.hpp>

namespace mlops::formats {
namespace {

using Texts = std::vector<std::string>;

Texts found(std::string_view source) {
  Texts texts;
  for (const CodeWarning& warning : read_code_file("train.py", source)) {
    if (warning.rule == "code.secret") texts.push_back(fmt::format("{} {}", warning.line, warning.what));
  }
  return texts;
}

// Put together here, so that nobody's scanner takes this file for one with secrets in it.
std::string key(std::string_view prefix, std::size_t size) {
  constexpr std::string_view letters = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7";
  std::string text{prefix};
  for (std::size_t i = 0; i < size; ++i) text += letters[i % letters.size()];
  return text;
}

std::string capitals(std::string_view prefix, std::size_t size) {
  std::string text{prefix};
  for (std::size_t i = 0; i < size; ++i) text += "AB3CD5EF7"[i % 9];
  return text;
}

TEST_CASE("keys of known forms, of which only the beginning is shown") {
  const std::string aws = capitals("AKIA", 16);
  CHECK(found("# a comment\nk = 1  # " + aws) == Texts{"2 holds an access key of AWS (`AKIA…`)"});
  CHECK(found("x = '" + key("ghp_", 36) + "'") == Texts{"1 holds a token of GitHub (`ghp_…`)"});
  CHECK(found(key("github_pat_", 22)).size() == 1);
  CHECK(found("x = '" + key("sk-", 48) + "'").size() == 1);
  CHECK(found("x = '" + key("sk-proj-", 60) + "'").size() == 1);
  CHECK(found(key("hf_", 34)).size() == 1);
  CHECK(found(key("xoxb-", 40)).size() == 1);
  CHECK(found(key("AIza", 35)).size() == 1);
  const std::string begin = fmt::format("-----BEGIN {}", "RSA PRIVATE KEY-----");
  CHECK(found("'''" + begin + "\nMIIEpAIBAAKC\n'''") == Texts{"1 holds a private key"});
  CHECK(found("k = '" + begin + "\\nMIIEpAIBAAKC'").size() == 1);
  CHECK(found(key("eyJ", 20) + "." + key("eyJ", 30) + "." + key("", 40)) ==
        Texts{"1 holds a JSON web token (`eyJa…`)"});
}

TEST_CASE("what only looks like a key is none") {
  CHECK(found("x = 'sk-estimator-id-1-checkbox sk-toggleable__control-hidden--visually'").empty());
  CHECK(found("x = 'task-" + key("sk-", 0) + "learn-something-quite-long'").empty());
  CHECK(found("x = '" + capitals("AKIA", 10) + "'").empty());
  CHECK(found("x = '" + capitals("AKIA", 17) + "'").empty());
  CHECK(found("x = '" + capitals("XAKIA", 16) + "'").empty());
  CHECK(found("hf_model_name_that_is_long_but_has_no_figures = 1").empty());
  CHECK(found("-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKC").empty());
  CHECK(found(fmt::format("x = '-----BEGIN {}\nprint(x)", "PRIVATE KEY-----'")).empty());
  CHECK(found("x = 'eyJhbGciOi.eyJ'").empty());
}

TEST_CASE("passwords that are given a value") {
  CHECK(found("password = 'hunter22pq'") == Texts{"1 gives `password` the value `hun…`"});
  CHECK(found("connect(user='ada', passwd='tr0ub4dor&3')").size() == 1);
  CHECK(found("c = {'db_password': 'hunter22'}").size() == 1);
  CHECK(found("API_KEY = '0123456789abcdef0123'").size() == 1);
  CHECK(found("hf_token = 'abcdefghijkl1'").size() == 1);
  CHECK(found("u = 'postgresql://ada:hunter22@db.example.org/x'") == Texts{"1 holds a URL with a password (`hu…`)"});

  CHECK(found("password = ''\npassword = None\npassword = os.environ['PASSWORD']\npassword = getpass()").empty());
  CHECK(found("password = 'your-password'\napi_key = '<API_KEY>'\napi_key='YOUR_API_KEY_HERE_0'\npassword = f'{x}'")
            .empty());
  CHECK(found("tokenizer.pad_token = '[PAD]'\ntoken = '</s>'\npad_token = 'abcdefghijklmnop1'").empty());
  CHECK(found("df['password'] == 'x'\ncolumns = {'password': 'password'}\nargs.add('--password', help='the password')")
            .empty());
  CHECK(found("u = 'https://example.org/x@y', 'postgresql://user:password@host', f'x://u:{p}@h', 'a://b@c:d'").empty());
}

TEST_CASE("a secret in an output is told by its cell, and never shown in full") {
  const std::string token = key("ghp_", 36);
  const std::string notebook = to_line(Json::object(
      {{"nbformat", 4},
       {"cells", Json::array({Json::object(
                     {{"cell_type", "code"},
                      {"source", "print(t)"},
                      {"outputs", Json::array({Json::object(
                                      {{"output_type", "stream"}, {"text", Json::array({"t = \n", token})}})})}})})}}));
  std::size_t secrets = 0;
  for (const CodeWarning& warning : read_code_file("n.ipynb", notebook)) {
    CHECK(warning.what.find(token.substr(0, 8)) == std::string::npos);
    if (warning.rule != "code.secret") continue;
    ++secrets;
    CHECK(warning.what == "an output shows a token of GitHub (`ghp_…`)");
    CHECK(warning.cell == 1);
  }
  CHECK(secrets == 1);
}

}  // namespace
}  // namespace mlops::formats
