// The one error type of the house: what went wrong, where, why, and what to do next.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace mlops {

// What a caller can do about an error; each kind is one exit code (docs/exit-codes.md).
enum class ErrorKind {
  failed,       // something went wrong that no other kind describes
  usage,        // the command line or an input is invalid
  refused,      // a policy says no; gates answer with an Outcome instead
  not_found,    // a named thing does not exist
  conflict,     // someone else changed it, or it exists already
  integrity,    // stored bytes or records are not what they were
  training,     // the training command failed
  unavailable,  // lock, network or database can't be reached now
  interrupted,  // SIGINT or SIGTERM
};

// The kind's name in JSON: "failed", "usage", …
std::string_view name_of(ErrorKind kind);

// Thrown in the middle of the house, printed in one place (cli/report.cpp).
// message: one sentence without a final period, naming the file, key or argument at fault.
// context: outer circumstances, innermost first ("while reading mlops.toml").
// hints:   next steps for the person, each a phrase or a command.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::vector<std::string> hints = {});

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::vector<std::string>& context() const noexcept { return context_; }
  [[nodiscard]] const std::vector<std::string>& hints() const noexcept { return hints_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

  // For use at the throw or in a handler: `throw Error{…}.hint("…")`, `error.add_context("…"); throw;`.
  Error&& hint(std::string text) &&;
  void add_hint(std::string text);
  void add_context(std::string text);

 private:
  ErrorKind kind_;
  std::string message_;
  std::vector<std::string> context_;
  std::vector<std::string> hints_;
};

// An Error for a failed system call: "`what` `subject`: No space left on device", with a hint where
// errno has a well-known cure. Kind: not_found for ENOENT, unavailable for EAGAIN/EBUSY, else failed.
[[nodiscard]] Error system_error(std::string_view what, std::string_view subject, int errno_value);

}  // namespace mlops
