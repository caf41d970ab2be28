#include <mlops/app/doctor.hpp>

#include <fmt/core.h>

#include <mlops/support/text.hpp>

#include "all.hpp"
#include "render.hpp"

namespace mlops::cli {

namespace {

class Doctor final : public Command {
 public:
  Help help() const override {
    return {{{"mlops doctor", "what is missing or broken, and how to mend it"}},
            "Looks at the programs it needs, the registry's database and permissions, the artifacts (are they there, "
            "with their "
            "size), runs that never ended, the git state and the policy. Changes nothing. Exits 0 without a problem, 1 "
            "with one."};
  }

  void declare(Args&) override {}

  ExitCode run(const Session& session) override {
    const app::DoctorOutcome outcome = app::doctor(session.context());
    if (session.json()) {
      Json diagnoses = Json::array();
      for (const auto& diagnosis : outcome.diagnoses) {
        diagnoses.push_back(Json::object({{"topic", diagnosis.topic},
                                          {"finding", name_of(diagnosis.finding)},
                                          {"message", diagnosis.message},
                                          {"remedy", diagnosis.remedy.empty() ? Json{} : Json{diagnosis.remedy}}}));
      }
      session.print_json(Json::object({{"healthy", outcome.healthy()}, {"diagnoses", diagnoses}}));
    } else {
      for (const auto& diagnosis : outcome.diagnoses) print(session, diagnosis);
      if (!session.quiet()) session.print_line(outcome.healthy() ? "no problems" : "there are problems");
    }
    return outcome.healthy() ? ExitCode::done : ExitCode::failed;
  }

 private:
  static void print(const Session& session, const app::Diagnosis& diagnosis) {
    if (session.quiet() && diagnosis.finding == app::Finding::good) return;
    const Style& style = session.style();
    std::string mark;
    switch (diagnosis.finding) {
      case app::Finding::good:
        mark = style.good("good");
        break;
      case app::Finding::note:
        mark = style.warning("note");
        break;
      case app::Finding::problem:
        mark = style.bad("bad ");
        break;
    }
    session.print_line(fmt::format("{}  {:<12} {}", mark, diagnosis.topic, printable(diagnosis.message)));
    if (!diagnosis.remedy.empty()) session.print_line(fmt::format("                   {}", diagnosis.remedy));
  }
};

}  // namespace

std::unique_ptr<Command> make_doctor() { return std::make_unique<Doctor>(); }

}  // namespace mlops::cli
