// Python source: tokens lie one behind the other in the text, and every check can be asked of it.
#include "fuzzing.hpp"

#include <mlops/formats/code.hpp>
#include <mlops/formats/inspect.hpp>

#include "code/statements.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(bytes_of(data, size));
  for (const code::Dialect dialect : {code::Dialect::python, code::Dialect::ipython}) {
    const code::Tokens tokens = code::tokenise(text, dialect);
    const char* end = text.data();
    for (const code::Token& token : tokens.list) {
      if (token.kind == code::Token::Kind::newline) continue;
      require(token.text.data() >= end && !token.text.empty());
      end = token.text.data() + token.text.size();
    }
    require(end <= text.data() + text.size());
    for (const code::Statement& statement : code::statements_of(tokens.list)) {
      for (const code::Call& call : code::calls_of(statement)) (void)call.positional();
    }
  }
  (void)inspect_file(MemorySource{text});
  require(read_code_file("x.py", text).size() <= 200);
  return 0;
}
