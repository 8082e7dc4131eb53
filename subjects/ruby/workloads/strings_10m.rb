# frozen_string_literal: true

require_relative "../scale"
require_relative "../strings"
require_relative "../word"

module Cowlab
  module Workloads
    # brightbox's ten million strings; see workloads/strings-10m.h.
    class Strings10m
      ABOUT = "brightbox's: ten million strings in an array, to be marked"

      PARAMETERS = [
        Scale.parameter("as many strings as `strings` says"),
        IntegerParameter.new("strings", 10_000_000, 1, 1_000_000_000, "strings",
                             "length of the array at scale 1000"),
        IntegerParameter.new("string-bytes", 8, 1, 23, "bytes",
                             "length of every string"),
        IntegerParameter.new("reads", 100, 0, 100_000_000, "strings",
                             "strings that a request reads")
      ].freeze

      def initialize(settings, _random)
        bytes = settings["string-bytes"]
        @reads = settings["reads"]
        @strings = Array.new(Scale.of(settings["strings"], settings)) do |i|
          Cowlab.string_of(bytes, i)
        end
      end

      def request(number, random)
        sum = 0
        @reads.times do
          sum += @strings[random.below(@strings.length)].getbyte(0)
        end
        Cowlab.mix(sum + (number << 32))
      end

      def checksum
        sum = Word.new
        @strings.each do |string|
          sum.mix_in(string.getbyte(0) + 256 * string.bytesize)
        end
        sum
      end
    end
  end
end
