// What is wrong with a file, gathered once for both who ask: an inspection lists it as problems, a scan as findings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mlops/domain/inspection.hpp>

#include "scanning.hpp"

namespace mlops::formats {

struct Flaw {
  std::string rule;  // "safetensors.layout"
  std::string what;
  domain::Safety safety = domain::Safety::malformed;
};

class Flaws {
 public:
  // Of thousands of alike the first ones say enough; the others are counted.
  static constexpr std::size_t most = 20;

  void add(std::string_view rule, std::string what, domain::Safety safety = domain::Safety::malformed);
  [[nodiscard]] bool empty() const { return kept_.empty(); }

  void tell(domain::Inspection& inspection) const;
  void tell(Scanning& scanning) const;

 private:
  [[nodiscard]] std::string rest() const;

  std::vector<Flaw> kept_;
  std::size_t others_ = 0;
};

}  // namespace mlops::formats
