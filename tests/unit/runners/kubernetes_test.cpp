#include <catch2/catch.hpp>

#include <mlops/runners/cluster.hpp>
#include <mlops/support/error.hpp>

#include "kubernetes/answers.hpp"
#include "kubernetes/manifest.hpp"
#include "kubernetes/yaml.hpp"

using namespace mlops;
using namespace mlops::runners;

namespace {

JobState state_in(const std::string& status) {
  const std::string text = R"({"items":[{"metadata":{"name":"j"},"status":)" + status + "}]}";
  return states_of_jobs(parse_json(text, "test")).at("j");
}

}  // namespace

TEST_CASE("a job of Kubernetes is over by its conditions alone", "[clusters]") {
  CHECK(state_in("{}").phase == JobPhase::waiting);
  CHECK(state_in(R"({"active":1,"ready":0})").phase == JobPhase::waiting);
  CHECK(state_in(R"({"active":1,"ready":1})").phase == JobPhase::running);
  CHECK(state_in(R"({"failed":2,"active":1,"ready":1})").phase == JobPhase::running);
  CHECK(state_in(R"({"conditions":[{"type":"Complete","status":"True"}]})").end == JobEnd::completed);
  CHECK(state_in(R"({"conditions":[{"type":"Complete","status":"False"}]})").phase == JobPhase::waiting);
  const JobState late = state_in(R"({"conditions":[{"type":"Failed","status":"True","reason":"DeadlineExceeded"}]})");
  CHECK(late.phase == JobPhase::over);
  CHECK(late.end == JobEnd::out_of_time);
  CHECK(state_in(R"({"conditions":[{"type":"Suspended","status":"True"}]})").end == JobEnd::cancelled);
  CHECK(states_of_jobs(parse_json(R"({"status":7,"metadata":[]})", "test")).empty());
}

TEST_CASE("why the pods of a job don't run", "[clusters]") {
  CHECK(trouble_of_pods(parse_json(
            R"({"items":[{"status":{"containerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}]})",
            "test")) == "ImagePullBackOff");
  CHECK(
      trouble_of_pods(parse_json(
          R"({"items":[{"status":{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}}]})",
          "test")) == "Unschedulable");
  CHECK(trouble_of_pods(parse_json(R"({"items":[]})", "test")).empty());
}

TEST_CASE("lines of a log that come twice are taken once", "[clusters]") {
  LogMark mark;
  CHECK(new_log_lines("2026-05-31T12:00:00.1Z a\n2026-05-31T12:00:00.25Z b\n2026-05-31T12:00:00.250000000Z c\n",
                      mark) == "a\nb\nc\n");
  // Asked again from that second on; two lines have the time of the mark, and one more has it now.
  CHECK(new_log_lines("2026-05-31T12:00:00.1Z a\n2026-05-31T12:00:00.25Z b\n2026-05-31T12:00:00.250000000Z c\n"
                      "2026-05-31T12:00:00.25Z d\n2026-05-31T12:00:01Z \n",
                      mark) == "d\n\n");
  CHECK(new_log_lines("2026-05-31T12:00:01Z \n", mark).empty());
  CHECK(new_log_lines("2026-05-31T12:00:02Z cut off", mark).empty());
  CHECK(new_log_lines("2026-05-31T12:00:02Z cut off no more\n", mark) == "cut off no more\n");
}

TEST_CASE("YAML that another reader reads alike", "[clusters]") {
  const Json value = Json::object(
      {{"a", "plain-text"},
       {"b", "yes"},
       {"c", "1.5"},
       {"d", ""},
       {"e", Json::array()},
       {"f", Json{Json::Array{Json::object({{"x", 1}, {"y", Json{Json::Array{Json{"z"}}}}}), Json{"w: v"}}}},
       {"g", "one\n  two\n\nthree\n"},
       {"h", "no end\nof line"},
       {"mlops/run", "12"}});
  CHECK(yaml_text(value) ==
        "a: plain-text\nb: \"yes\"\nc: \"1.5\"\nd: \"\"\ne: []\nf:\n- x: 1\n  \"y\":\n  - z\n- \"w: v\"\n"
        "g: |\n  one\n    two\n\n  three\nh: \"no end\\nof line\"\nmlops/run: \"12\"\n");
}

TEST_CASE("a manifest says what the recipe and the profile want", "[clusters]") {
  Job job;
  job.name = "mlops-1a2b3c4d-12";
  job.run = "12";
  job.model = "team/churn";
  job.folder = "/shared/run";
  job.directory = "/shared/run/tree";
  job.argv = {"python3", "train.py"};
  job.cpus = 2.5;
  job.memory_bytes = 1u << 30;
  job.gpus = 1;
  job.timeout_seconds = 3600;
  Profile profile{
      .name = "cloud",
      .kind = "kubernetes",
      .values = {{"folder", "/shared"}, {"image", "x@sha256:0"}, {"claim", "training"}, {"namespace", "ml"}}};
  const Json spec = job_manifest(profile, job).at("spec");
  CHECK(spec.at("activeDeadlineSeconds").as_integer() == 4200);
  CHECK(spec.at("backoffLimit").as_integer() == 3);
  const Json pod = spec.at("template").at("spec");
  CHECK(pod.at("restartPolicy").as_string() == "Never");
  const Json container = pod.at("containers").as_array().front();
  CHECK(container.at("resources").at("requests").at("cpu").as_string() == "2.5");
  CHECK(container.at("resources").at("limits").at("nvidia.com/gpu").as_string() == "1");
  const std::string script = container.at("command").as_array().back().as_string();
  // $(date) would be looked up among the variables, and of $$ one would go.
  CHECK(script.find("$$(date +%s)") != std::string::npos);
  CHECK(script.find(" $(") == std::string::npos);
  CHECK(job_manifest(profile, job).at("metadata").at("namespace").as_string() == "ml");

  job.secrets = {"TOKEN"};
  CHECK_THROWS_AS(job_manifest(profile, job), Error);
  job.secrets.clear();
  profile.values.erase("image");
  CHECK_THROWS_AS(job_manifest(profile, job), Error);
}
