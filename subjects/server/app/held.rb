# frozen_string_literal: true

require_relative "../../ruby/collections"
require_relative "../../ruby/conversation"
require_relative "../../ruby/random"
require_relative "../../ruby/template"

module Cowlab
  # The master of a server, held just before it forks, and its workers; see
  # held.py.
  module Held
    class Master < Template
      attr_reader :socket, :seed

      # Answers until it is time to fork.
      def hold
        until (line = @socket.gets("\n", LINE_MAXIMUM + 1)) == "fork\n"
          line&.end_with?("\n") or Process.exit!(1)
          say(answer(line))
        end
      end

      def workload
        loaded
      end
    end

    # Greets, so that it is known to have begun.
    class Worker < Conversation
      def initialize(master)
        master.socket.close
        super("role=worker")
        @workload = master.workload
        @random = RandomNumbers.new(master.seed)
        @collections = Collections.new
      end

      # The body of the reply to a request of a client.
      def request(client, number)
        reply = @workload.request(number, @random.begin(client, number))
        counts = @collections.totals.map do |name, count|
          "#{name.to_s.delete_suffix('_collections')}=#{count}"
        end
        format("reply=%<reply>016x pid=%<pid>d %<counts>s%<more>s\n",
               reply: reply, pid: Process.pid, counts: counts.join(" "),
               more: @collections.answer)
      end
    end

    class << self
      attr_reader :worker

      # Of the master; returns when it is time to fork.
      def hold
        @master ||= Master.new.tap(&:hold)
      end

      # To be called in each worker once it is ready to serve.
      def begin_worker
        @worker = Worker.new(@master)
      end
    end
  end
end
