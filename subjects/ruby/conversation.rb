# frozen_string_literal: true

require "socket"

module Cowlab
  # One process of the subject, in conversation with the supervisor.
  class Conversation
    LINE_MAXIMUM = 1 << 20

    def initialize(introduction)
      @socket = UNIXSocket.new(ENV.fetch("COWLAB_SOCKET").sub(/\A@/, "\0"))
      say("hello cowlab=1 #{introduction} pid=#{Process.pid}")
    end

    # Answers requests for ever; a lost connection ends the process, and so does
    # a failure outside of a request, which is told.  No finaliser runs: it would
    # write into pages that are shared.
    def converse
      line = @socket.gets("\n", LINE_MAXIMUM + 1)
      while line&.end_with?("\n")
        answer = answer(line)
        say(answer)
        Process.exit!(0) if answer == "bye"
        line = @socket.gets("\n", LINE_MAXIMUM + 1)
      end
      Process.exit!(1)
    rescue Errno::EPIPE, Errno::ECONNRESET
      Process.exit!(1)
    rescue Exception => fault
      die_of(fault)
    end

    def do_quit
      "bye"
    end

    def do_describe(*)
      "described" # addresses are not known here
    end

    private

    def die_of(fault)
      warn(fault.full_message(highlight: false, order: :top))
    ensure
      Process.exit!(1)
    end

    def say(line)
      @socket.write("#{line}\n")
    end

    def answer(line)
      word, *arguments = line.force_encoding("UTF-8").chomp.split(/ /, -1)
      handler = "do_#{word}"
      unless respond_to?(handler)
        return "error unknown request '#{word.to_s[0, 80]}'"
      end

      public_send(handler, *arguments)
    rescue StandardError, ScriptError, SystemStackError, NoMemoryError => fault
      "error #{fault.class}: #{fault.message.scrub.split.join(' ')}"
    end

    # An answer to `stats`: these, and what the collector counts.
    def stats(**counters)
      counters.merge!(GC.stat)
      # since Ruby 3.1
      counters[:total_time_ns] = GC.total_time if GC.respond_to?(:total_time)
      counters.map { |key, n| "#{key}=#{n}" }.unshift("stats").join(" ")
    end
  end
end
