// Units of work that several threads do and one hands over, in the order in which they came. A queue bounds the memory:
// whoever adds to a full one waits for the oldest unit.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace rubric {

template <class Unit>
class InOrder {
 public:
  using Work = std::function<void(Unit&)>;

  // One worker a thread; a single one works on the thread that adds. `done` is called on that thread.
  InOrder(std::vector<Work> workers, Work done) : done_(std::move(done)), most_(2 * workers.size() + 1) {
    if (workers.size() == 1) {
      here_ = std::move(workers.front());
      return;
    }
    for (Work& each : workers) threads_.emplace_back([this, work = std::move(each)] { run(work); });
  }
  ~InOrder() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      waiting_.clear();   // what nobody will read
    }
    changed_.notify_all();
    for (std::thread& each : threads_) each.join();
  }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  void add(Unit unit) {
    if (here_) {
      here_(unit);
      done_(unit);
      return;
    }
    in_order_.push_back(std::make_unique<Slot>(std::move(unit)));
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(in_order_.back().get());
    }
    changed_.notify_all();
    while (!in_order_.empty() && (in_order_.size() >= most_ || is_done(*in_order_.front()))) hand_over_oldest();
  }
  void finish() {
    while (!in_order_.empty()) hand_over_oldest();
  }

 private:
  struct Slot {
    explicit Slot(Unit u) : unit(std::move(u)) {}
    Unit unit;
    bool done = false;
  };

  void run(const Work& work) {
    for (;;) {
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        slot = waiting_.front();
        waiting_.pop_front();
      }
      work(slot->unit);
      {
        const std::lock_guard lock(mutex_);
        slot->done = true;
      }
      changed_.notify_all();
    }
  }
  bool is_done(const Slot& slot) {
    const std::lock_guard lock(mutex_);
    return slot.done;
  }
  void hand_over_oldest() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return in_order_.front()->done; });
    }
    done_(in_order_.front()->unit);
    in_order_.pop_front();
  }

  Work here_, done_;
  size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Slot>> in_order_;
  std::deque<Slot*> waiting_;
  std::vector<std::thread> threads_;
  bool ended_ = false;
};

}  // namespace rubric
