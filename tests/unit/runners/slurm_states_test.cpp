#include <catch2/catch.hpp>

#include <mlops/runners/cluster.hpp>

#include "slurm/batch.hpp"
#include "slurm/states.hpp"

using namespace mlops::runners;

TEST_CASE("words of Slurm: what waits, runs and is over", "[clusters]") {
  CHECK(phase_of_slurm("PENDING") == JobPhase::waiting);
  CHECK(phase_of_slurm("REQUEUE_HOLD") == JobPhase::waiting);
  CHECK(phase_of_slurm("COMPLETING") == JobPhase::running);
  CHECK(phase_of_slurm("SUSPENDED") == JobPhase::running);
  CHECK(phase_of_slurm("CANCELLED by 1000") == JobPhase::over);
  CHECK(phase_of_slurm("CANCELLED+") == JobPhase::over);
  CHECK(phase_of_slurm("OUT_OF_MEMORY") == JobPhase::over);
  CHECK(phase_of_slurm("") == JobPhase::unheard);
  CHECK(phase_of_slurm("SOMETHING_NEW") == JobPhase::unheard);
}

TEST_CASE("states in what squeue prints", "[clusters]") {
  const auto states = states_in_squeue("345|PENDING|Resources\n346_2|TIMEOUT|TimeLimit\n\nhello\n347|RUNNING|None\n");
  REQUIRE(states.size() == 3);
  CHECK(states.at("345").phase == JobPhase::waiting);
  CHECK(states.at("345").reason == "Resources");
  CHECK(states.at("346_2").end == JobEnd::out_of_time);
  CHECK(states.at("347").reason.empty());
}

TEST_CASE("states in what sacct prints", "[clusters]") {
  const auto states = states_in_sacct("345|COMPLETED\n346_1|NODE_FAIL\n347|CANCELLED by 0\n");
  CHECK(states.at("345").end == JobEnd::completed);
  CHECK(states.at("346_1").end == JobEnd::lost);
  CHECK(states.at("347").end == JobEnd::cancelled);
  CHECK(states_in_sacct("Slurm accounting storage is disabled\n").empty());
}

TEST_CASE("a task of an array is known to scontrol by two names", "[clusters]") {
  const auto states = states_in_scontrol(
      "JobId=77 ArrayJobId=70 ArrayTaskId=3 JobName=a UserId=root(0) JobState=FAILED Reason=NonZeroExitCode Dep=\n");
  CHECK(states.at("77").phase == JobPhase::over);
  CHECK(states.at("70_3").reason == "NonZeroExitCode");
  CHECK(states_in_scontrol("slurm_load_jobs error: Invalid job id specified\n").empty());
}

namespace {

Job some_job() {
  Job job;
  job.name = "mlops-1a2b3c4d-12";
  job.run = "12";
  job.model = "churn";
  job.folder = "/shared/a run %j";
  job.directory = "/shared/a run/tree";
  job.argv = {"python3", "train.py", "it's"};
  job.environment = {{"MLOPS_RUN_ID", "12"}, {"MLOPS_CHECKPOINT_DIR", "/shared/c"}};
  return job;
}

}  // namespace

TEST_CASE("a batch script says what the recipe and the profile want", "[clusters]") {
  const Profile profile{.name = "gpu",
                        .kind = "slurm",
                        .values = {{"account", "vision"},
                                   {"partition", "a100"},
                                   {"gres", "gpu:a100"},
                                   {"time", "90m"},
                                   {"sbatch", R"(["--constraint=nvlink","--exclude=node7"])"},
                                   {"before", "module load cuda"}}};
  Job job = some_job();
  job.cpus = 2.5;
  job.memory_bytes = 3u << 20 | 1u;
  job.gpus = 2;
  const std::string script = batch_script(profile, job);
  for (const char* const line :
       {"#!/bin/sh\n#SBATCH --job-name=mlops-1a2b3c4d-12\n", "#SBATCH --comment=\"mlops run 12\"\n",
        "#SBATCH --output=\"/shared/a run %%j/log\"\n", "#SBATCH --open-mode=append\n", "#SBATCH --requeue\n",
        "#SBATCH --account=vision\n", "#SBATCH --partition=a100\n", "#SBATCH --cpus-per-task=3\n", "#SBATCH --mem=4M\n",
        "#SBATCH --gres=gpu:a100:2\n", "#SBATCH --time=90\n", "#SBATCH --signal=B:USR1@120\n",
        "#SBATCH --constraint=nvlink\n#SBATCH --exclude=node7\nmodule load cuda\n", "'python3' 'train.py' 'it'\\''s'",
        "export MLOPS_RUN_ID='12'\n"}) {
    INFO(line << "\nin\n" << script);
    CHECK(script.find(line) != std::string::npos);
  }
  // What comes after the first command is no directive any more.
  CHECK(script.rfind("#SBATCH") < script.find("module load cuda"));
}

TEST_CASE("the time of a job is the profile's, else the recipe's with something to spare", "[clusters]") {
  Job job = some_job();
  const Profile plain{.name = "slurm", .kind = "slurm", .values = {}};
  CHECK(batch_script(plain, job).find("--time") == std::string::npos);
  job.timeout_seconds = 61;
  job.retry_codes = {75};
  job.retry_times = 1;
  CHECK(batch_script(plain, job).find("#SBATCH --time=5\n") != std::string::npos);
  const Profile unwilling{.name = "slurm", .kind = "slurm", .values = {{"requeue", "0"}, {"time", "30s"}}};
  const std::string script = batch_script(unwilling, job);
  CHECK(script.find("#SBATCH --no-requeue\n") != std::string::npos);
  CHECK(script.find("#SBATCH --time=1\n") != std::string::npos);
  CHECK(script.find("#SBATCH --signal=B:USR1@59\n") != std::string::npos);
}

TEST_CASE("nothing of a profile can add a line to a script", "[clusters]") {
  const Job job = some_job();
  const Profile lines{.name = "slurm", .kind = "slurm", .values = {{"account", "a\nrm -rf /"}}};
  CHECK_THROWS(batch_script(lines, job));
  const Profile words{.name = "slurm", .kind = "slurm", .values = {{"sbatch", "[\"--comment=a b\"]"}}};
  CHECK_THROWS(batch_script(words, job));
}

TEST_CASE("an array runs the script of each of its jobs", "[clusters]") {
  JobArray array{
      .name = "mlops-x-3", .run = "3", .folder = "/shared/s", .jobs = {some_job(), some_job()}, .at_once = 2};
  const Profile plain{.name = "slurm", .kind = "slurm", .values = {}};
  const std::string script = array_script(plain, array);
  CHECK(script.find("#SBATCH --array=1-2%2\n") != std::string::npos);
  CHECK(script.find("  2) exec /bin/sh '/shared/a run %j/job/task.sh' ;;\n") != std::string::npos);
  CHECK(script.find("#SBATCH --output=/shared/s/slurm-%A_%a.log\n") != std::string::npos);
}
