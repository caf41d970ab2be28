#include <mlops/cli/run.hpp>

int main(int argc, char** argv) { return mlops::cli::run_process_main(argc, argv); }
