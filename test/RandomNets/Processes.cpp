//===- Processes.cpp - Work in processes of its own ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Processes.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace kiln::test {

namespace {
struct Child {
  int64_t index = 0;
  pid_t process = 0;
  std::string text;
};

class Pool {
public:
  Pool(const ProcessOptions &options,
       const std::function<std::string(int64_t)> &work,
       const std::function<void(int64_t, const Report &)> &done)
      : options(options), work(work), done(done) {}

  bool start(int64_t index);
  /// Waits until some child has written or ended.
  void pump();
  size_t running() const { return children.size(); }

private:
  [[noreturn]] void runChild(int64_t index, int pipe);
  void finish(int pipe);

  const ProcessOptions &options;
  const std::function<std::string(int64_t)> &work;
  const std::function<void(int64_t, const Report &)> &done;
  std::map<int, Child> children; ///< by the pipe's read end
};
} // namespace

/// A defect that eats memory must not take the machine with it.
static void limitResources(unsigned seconds) {
  rlimit memory = {rlim_t{8} << 30, rlim_t{8} << 30};
  setrlimit(RLIMIT_AS, &memory);
  rlimit noCores = {0, 0};
  setrlimit(RLIMIT_CORE, &noCores);
  alarm(seconds);
}

void Pool::runChild(int64_t index, int pipe) {
  // LLVM's own handlers print a trace that nobody reads, slowly.
  for (int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
    std::signal(number, SIG_DFL);
  limitResources(options.timeoutSeconds);
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
  std::string text = work(index);
  for (size_t sent = 0; sent < text.size();) {
    ssize_t n = write(pipe, text.data() + sent, text.size() - sent);
    if (n < 0)
      _exit(1);
    sent += static_cast<size_t>(n);
  }
  _exit(0);
}

bool Pool::start(int64_t index) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return false;
  pid_t process = fork();
  if (process < 0)
    return false;
  if (process == 0)
    runChild(index, ends[1]);
  close(ends[1]);
  children[ends[0]] = {index, process, ""};
  return true;
}

static std::string describeEnd(int status) {
  if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    if (number == SIGALRM)
      return "timeout";
    return "signal " + std::to_string(number) + " (" + strsignal(number) + ")";
  }
  if (WEXITSTATUS(status) != 0)
    return "exit " + std::to_string(WEXITSTATUS(status));
  return "";
}

void Pool::finish(int pipe) {
  Child child = std::move(children[pipe]);
  children.erase(pipe);
  close(pipe);
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR)
    continue;
  done(child.index, {describeEnd(status), std::move(child.text)});
}

void Pool::pump() {
  std::vector<pollfd> polled;
  polled.reserve(children.size());
  for (const auto &[pipe, child] : children)
    polled.push_back({pipe, POLLIN, 0});
  if (poll(polled.data(), polled.size(), /*timeout=*/-1) < 0)
    return;
  for (const pollfd &entry : polled) {
    if (entry.revents == 0)
      continue;
    char buffer[4096];
    ssize_t n = read(entry.fd, buffer, sizeof(buffer));
    if (n > 0)
      children[entry.fd].text.append(buffer, static_cast<size_t>(n));
    else if (n == 0 || errno != EINTR)
      finish(entry.fd);
  }
}

bool forEachInProcess(
    int64_t first, int64_t count, const ProcessOptions &options,
    const std::function<std::string(int64_t)> &work,
    const std::function<void(int64_t, const Report &)> &done) {
  Pool pool(options, work, done);
  bool canStart = true;
  int64_t next = first;
  while (pool.running() > 0 || (canStart && next < first + count)) {
    while (canStart && next < first + count &&
           pool.running() < static_cast<size_t>(options.jobs))
      canStart = pool.start(next++);
    if (pool.running() > 0)
      pool.pump();
  }
  return canStart;
}

} // namespace kiln::test
