# frozen_string_literal: true

require_relative "../parameters"
require_relative "../scale"
require_relative "../strings"
require_relative "../word"

module Cowlab
  module Workloads
    # The workload of the 2018 study; see workloads/largeobject.h.
    class Largeobject
      ABOUT = "the 2018 study: large objects made, and the last three kept"

      PARAMETERS = [
        Scale.parameter("as many large objects as `static` says"),
        IntegerParameter.new("static", 5, 0, 1000, "objects",
                             "large objects built in the template at scale " \
                             "1000"),
        IntegerParameter.new("kept", 3, 0, 100, "objects",
                             "large objects that a worker keeps alive"),
        IntegerParameter.new("list-count", 1600, 0, 100_000, "lists",
                             "lists in a large object; the i-th holds i " \
                             "references"),
        IntegerParameter.new("string-count", 64_000, 0, 10_000_000, "strings",
                             "length of the list of strings in a large " \
                             "object"),
        IntegerParameter.new("string-bytes", 8, 1, 4096, "bytes",
                             "length of every string"),
        ChoiceParameter.new("strings", "shared", %w[shared distinct],
                            "one string for the whole list of strings, or an " \
                            "object for each"),
        ChoiceParameter.new("lists", "inline", %w[inline split], NO_EFFECT),
        IntegerParameter.new("build-every", 1, 1, 1_000_000, "requests",
                             "one in so many requests builds a large object, " \
                             "the others read"),
        IntegerParameter.new("walk-lists", 200, 0, 1_000_000, "lists",
                             "lists that a reading request visits")
      ].freeze

      def initialize(settings, _random)
        @settings = settings
        @string = "s" * settings["string-bytes"]
        @kept = []
        count = settings["static"]
        count = Scale.of(count, settings) if count.positive?
        @static = Array.new(count) { build }
      end

      def request(number, random)
        unless ((number + 1) % @settings["build-every"]).zero?
          return Cowlab.mix(walk(random))
        end

        built = build
        @kept << built
        @kept.shift if @kept.length > @settings["kept"]
        lists, strings = built
        last = lists.empty? ? 0 : lists.last.length
        Cowlab.mix(lists.length * 1_000_003 + strings.length + last)
      end

      def checksum
        sum = Word.new
        [@static, @kept].each do |objects|
          objects.each do |lists, strings|
            lists.each { |list| sum.mix_in(list.length) }
            strings.each do |string|
              sum.mix_in(string.getbyte(0) + 256 * string.bytesize)
            end
          end
        end
        sum
      end

      private

      def build
        count = @settings["string-count"]
        lists = Array.new(@settings["list-count"]) do |i|
          Array.new(i + 1, @string)
        end
        strings = if @settings["strings"] == "shared"
                    Array.new(count, @string)
                  else
                    bytes = @settings["string-bytes"]
                    Array.new(count) { |j| Cowlab.string_of(bytes, j) }
                  end
        [lists, strings]
      end

      def walk(random)
        return 0 if @static.empty? || @settings["list-count"].zero?

        total = 0
        @settings["walk-lists"].times do
          lists, = @static[random.below(@static.length)]
          list = lists[random.below(lists.length)]
          list.each { |string| total += string.getbyte(0) }
          total += list.length
        end
        _, strings = @static[random.below(@static.length)]
        unless strings.empty?
          random.below(64).step(strings.length - 1, 64) do |j|
            total += strings[j].getbyte(0)
          end
        end
        total
      end
    end
  end
end
