# frozen_string_literal: true

require_relative "conversation"
require_relative "parameters"
require_relative "phases"
require_relative "random"
require_relative "runtime"
require_relative "worker"
require_relative "workloads"

module Cowlab
  # The process that loads a workload and is forked.
  class Template < Conversation
    SEED_MAXIMUM = (1 << 64) - 1

    def initialize
      super("role=template")
      @workload = @seed = @phase_memory = nil
      @forked = 0
    end

    def do_load(*pairs)
      raise ArgumentError, "loaded already" if @workload

      given = pairs.to_h { |pair| pair.split("=", 2) }
      file = Workloads.find(given.delete("workload").to_s)
      @seed = Cowlab.number(given.delete("seed").to_s, 0, SEED_MAXIMUM)
      quiet = take_options(given)["collect-at-load"] == "no"
      settings = Cowlab.read_settings(file::PARAMETERS, given)
      start = Cowlab.now
      GC.disable if quiet
      load_workload(file, settings)
      "loaded ns=#{Cowlab.now - start}"
    ensure
      GC.enable if quiet
    end

    def do_prepare(name)
      step = Runtime.step(name)
      start = Cowlab.now
      step.call
      "prepared ns=#{Cowlab.now - start}"
    end

    def do_regions
      "regions"
    end

    def do_layout
      "layout"
    end

    def do_check
      "checked graph=#{loaded.checksum}"
    end

    def do_phases
      @phase_memory ||= PhaseLog.make_room
      "phases" # workers log theirs, the template none
    end

    def do_fork(text)
      loaded
      longest = 0
      pids = Array.new(Cowlab.number(text, 1, 1000)) do
        start = Cowlab.now
        pid = fork or become_worker
        longest = [longest, Cowlab.now - start].max
        @forked += 1
        pid
      end
      "forked ns=#{longest} pids=#{pids.join(',')}"
    end

    def do_reap
      ended = ["reaped"]
      while (pid, status = Process.wait2(-1, Process::WNOHANG))
        ended << (status.signaled? ? "#{pid}:signal:#{status.termsig}"
                                   : "#{pid}:exit:#{status.exitstatus}")
      end
      ended.join(" ")
    rescue Errno::ECHILD
      ended.join(" ")
    end

    def do_stats
      stats(forked: @forked)
    end

    private

    def loaded
      @workload or raise ArgumentError, "nothing is loaded"
    end

    # Takes those that are options of the subject out of what was given.
    def take_options(given)
      options = given.select { |name, _| name.start_with?("option.") }
      options.each_key { |name| given.delete(name) }
      Cowlab.read_settings(Runtime::OPTIONS,
                           options.transform_keys { |name| name[7..] })
    end

    def load_workload(file, settings)
      random = RandomNumbers.new(@seed)
      random.begin(RandomNumbers::LOAD, RandomNumbers::LOAD)
      @workload = file.new(settings, random)
    end

    def become_worker
      phases = PhaseLog.new(@phase_memory)
      phases.enter(PhaseLog::START)
      @socket.close
      Worker.new(@forked, @workload, @seed, phases).converse
    rescue Exception => fault
      die_of(fault)
    end
  end
end
