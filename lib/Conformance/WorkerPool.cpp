//===- WorkerPool.cpp - Tasks in forked processes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/WorkerPool.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kiln::conformance {

namespace {
using Clock = std::chrono::steady_clock;

/// A pipe's end, closed with its owner.
class Descriptor {
public:
  explicit Descriptor(int number = -1) : number(number) {}
  Descriptor(Descriptor &&other) noexcept
      : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  ~Descriptor() {
    if (number >= 0)
      ::close(number);
  }
  int get() const { return number; }

private:
  int number;
};

bool readAll(int from, void *data, size_t size) {
  auto *bytes = static_cast<char *>(data);
  while (size > 0) {
    ssize_t got = ::read(from, bytes, size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool writeAll(int to, const void *data, size_t size) {
  const auto *bytes = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t put = ::write(to, bytes, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return false;
    bytes += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

/// A forked process that takes task numbers from one pipe and gives texts, each
/// after its length, to another.
class Worker {
public:
  using Workers = std::vector<std::unique_ptr<Worker>>;

  Worker() = default;
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;
  ~Worker() { (void)end(); }

  /// `others` are those that run already.
  bool start(const std::function<std::string(size_t)> &task,
             const Workers &others);
  void give(size_t number) {
    current = number;
    began = Clock::now();
    // A process that has just ended shows when its answer is read.
    (void)writeAll(toChild.get(), &number, sizeof(number));
  }
  std::optional<std::string> takeText();
  void kill() const { ::kill(process, SIGKILL); }
  /// Waits for the process, and says how it ended.
  std::string end();

  int answers() const { return fromChild.get(); }
  Clock::time_point startTime() const { return began; }

  std::optional<size_t> current;
  bool isTooLate = false;

private:
  void closePipes() { toChild = Descriptor(), fromChild = Descriptor(); }
  [[noreturn]] static void serve(int from, int to,
                                 const std::function<std::string(size_t)> &);

  pid_t process = -1;
  Descriptor toChild, fromChild;
  Clock::time_point began;
};
} // namespace

void Worker::serve(int from, int to,
                   const std::function<std::string(size_t)> &task) {
  for (size_t number = 0; readAll(from, &number, sizeof(number));) {
    std::string text = task(number);
    size_t size = text.size();
    if (!writeAll(to, &size, sizeof(size)) || !writeAll(to, text.data(), size))
      break;
  }
  // What the parent has registered to run at its exit is not this process's.
  ::_exit(0);
}

bool Worker::start(const std::function<std::string(size_t)> &task,
                   const Workers &others) {
  int tasks[2], texts[2];
  if (::pipe(tasks) != 0)
    return false;
  Descriptor tasksOut(tasks[0]), tasksIn(tasks[1]);
  if (::pipe(texts) != 0)
    return false;
  Descriptor textsOut(texts[0]), textsIn(texts[1]);
  process = ::fork();
  if (process < 0)
    return false;
  if (process == 0) {
    // Open here, they would keep a child from seeing the parent's end.
    for (const auto &other : others)
      other->closePipes();
    {
      Descriptor unused = std::move(tasksIn), other = std::move(textsOut);
    }
    serve(tasksOut.get(), textsIn.get(), task);
  }
  toChild = std::move(tasksIn);
  fromChild = std::move(textsOut);
  return true;
}

std::optional<std::string> Worker::takeText() {
  size_t size = 0;
  if (!readAll(fromChild.get(), &size, sizeof(size)))
    return std::nullopt;
  std::string text(size, '\0');
  if (!readAll(fromChild.get(), text.data(), size))
    return std::nullopt;
  return text;
}

std::string Worker::end() {
  if (process < 0)
    return {};
  toChild = Descriptor();
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR)
    ;
  process = -1;
  if (isTooLate)
    return "the time limit has passed";
  if (WIFSIGNALED(status))
    return std::string("the process ended by signal ") +
           std::to_string(WTERMSIG(status)) + " (" +
           ::strsignal(WTERMSIG(status)) + ")";
  return "the process ended with code " + std::to_string(WEXITSTATUS(status));
}

namespace {
class Pool {
public:
  Pool(size_t count, const PoolOptions &options,
       const std::function<std::string(size_t)> &task,
       const std::function<void(size_t, TaskEnd)> &done)
      : count(count), options(options), task(task), done(done) {}

  Result<void> run();

private:
  /// Starts a process and gives it the next task.
  bool addWorker();
  void giveNext(Worker &worker);
  void waitForAnswers();
  void takeAnswer(Worker &worker);

  size_t count;
  const PoolOptions &options;
  const std::function<std::string(size_t)> &task;
  const std::function<void(size_t, TaskEnd)> &done;
  size_t next = 0;
  Worker::Workers workers;
};
} // namespace

bool Pool::addWorker() {
  auto worker = std::make_unique<Worker>();
  if (!worker->start(task, workers))
    return false;
  giveNext(*worker);
  workers.push_back(std::move(worker));
  return true;
}

void Pool::giveNext(Worker &worker) {
  worker.current.reset();
  if (next < count)
    worker.give(next++);
}

void Pool::takeAnswer(Worker &worker) {
  size_t number = *worker.current;
  if (std::optional<std::string> text = worker.takeText()) {
    done(number, {std::move(*text), false});
    giveNext(worker);
    return;
  }
  done(number, {worker.end(), true});
  worker.current.reset();
}

void Pool::waitForAnswers() {
  std::vector<pollfd> polled;
  for (const auto &worker : workers)
    polled.push_back({worker->answers(), POLLIN, 0});
  constexpr int kMilliseconds = 200;
  if (::poll(polled.data(), polled.size(), kMilliseconds) < 0)
    return;
  for (size_t i = 0; i < workers.size(); ++i) {
    if (polled[i].revents != 0) {
      takeAnswer(*workers[i]);
    } else if (Clock::now() - workers[i]->startTime() > options.timeLimit) {
      workers[i]->isTooLate = true;
      workers[i]->kill();
    }
  }
}

Result<void> Pool::run() {
  while (next < count || !workers.empty()) {
    while (next < count && workers.size() < std::max(1U, options.processes))
      if (!addWorker())
        return Error{ErrorCode::Internal,
                     std::string("no new process: ") + std::strerror(errno)};
    waitForAnswers();
    // Those that have nothing to do, or have ended.
    std::erase_if(workers, [](const auto &worker) { return !worker->current; });
  }
  return {};
}

Result<void> runInProcesses(size_t count, const PoolOptions &options,
                            const std::function<std::string(size_t)> &task,
                            const std::function<void(size_t, TaskEnd)> &done) {
  // A worker that has died must not end this process, too.
  void (*previous)(int) = std::signal(SIGPIPE, SIG_IGN);
  Result<void> result = Pool(count, options, task, done).run();
  std::signal(SIGPIPE, previous);
  return result;
}

} // namespace kiln::conformance
